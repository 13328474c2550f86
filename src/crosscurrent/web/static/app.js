// The live desk: one date, one market, one view, all of them in the address, so that back, forward and a bookmark work.
import { Alerts } from "./alerts.js";
import { ask, dropAll } from "./asking.js";
import { audit } from "./audit.js";
import { chart, redraw } from "./chart-view.js";
import { make } from "./dom.js";
import { exports } from "./exports.js";
import { facts } from "./facts.js";
import { ladder } from "./ladder.js";
import { links } from "./links.js";
import { markets } from "./markets.js";
import { rates } from "./rates.js";
import { record } from "./record.js";
import { setups } from "./setups.js";
import { day } from "./words.js";

const AGAIN = 60_000;
const at = (id) => document.getElementById(id);
const alerts = new Alerts(at("live"), () => look());
const VIEWS = {
  chart: ["Chart", chart], ladder: ["Ladder", ladder], facts: ["Facts", facts], setups: ["Setups", setups],
  links: ["Correlations and drivers", links], rates: ["Rates and policy path", rates], record: ["Record", record],
  audit: ["Audit", audit], alerts: ["Alerts", (desk) => alerts.view(desk)], export: ["Export", exports],
};
const shown = { desk: null, view: "", market: "", asOf: null };

function wanted() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const asOf = /^\d{4}-\d{2}-\d{2}$/.test(asked.get("as_of") ?? "") ? asked.get("as_of") : "";
  return { view: asked.get("view") in VIEWS ? asked.get("view") : "chart", market: asked.get("market") ?? "", asOf };
}

function address(change) {
  const kept = Object.entries({ ...wanted(), ...change }).filter(([, value]) => value);
  return `#${new URLSearchParams(kept.map(([name, value]) => [name === "asOf" ? "as_of" : name, value]))}`;
}

/** Show what the address asks for; the markets are asked again only for another date. */
async function show() {
  dropAll();
  const next = wanted();
  tellViews(next);
  at("view").setAttribute("aria-busy", "true");
  try {
    if (next.asOf !== shown.asOf) await showDesk(next.asOf);
    const charted = shown.desk.markets.filter((market) => market.is_charted);
    const market = shown.desk.markets.find((each) => each.market === next.market) ?? charted.find((each) => each.role === "index") ?? charted[0];
    at("markets").replaceChildren(markets(shown.desk, market, address));
    await showView(next, market);
  } catch (fault) {
    if (fault.name !== "AbortError") tell(fault.message);
  }
}

async function showDesk(asOf) {
  at("markets").setAttribute("aria-busy", "true");
  shown.desk = await ask("/api/desk", asOf);
  shown.asOf = asOf;
  at("markets").setAttribute("aria-busy", "false");
  at("desk-name").textContent = shown.desk.desk;
  tellDate();
}

async function showView(next, market) {
  const isOther = next.view !== shown.view || market?.market !== shown.market;
  if (isOther) at("view").replaceChildren(make("p", { className: "wait" }, `Looking at ${VIEWS[next.view][0].toLowerCase()}.`));
  const made = await VIEWS[next.view][1]({ ...shown.desk, asked: next.asOf, market, address });
  at("view").replaceChildren(...[made].flat());
  at("view").setAttribute("aria-busy", "false");
  Object.assign(shown, { view: next.view, market: market?.market });
  at("view").dispatchEvent(new Event("shown"));
  tell("");
}

function tellViews(next) {
  const made = Object.entries(VIEWS).map(([name, [title]]) =>
    make("a", { href: address({ view: name }), "aria-current": name === next.view ? "page" : undefined }, title));
  const focused = document.activeElement?.closest("#views a")?.textContent;
  at("views").replaceChildren(...made);
  made.find((link) => link.textContent === focused)?.focus();
  document.title = `${VIEWS[next.view][0]} · crosscurrent`;
}

function tellDate() {
  const { as_of: asOf, first, last } = shown.desk;
  Object.assign(at("as-of"), { value: asOf, min: first, max: last });
  const isPast = Boolean(shown.asOf) && asOf < last;
  at("travelled").hidden = !isPast;
  at("travelled").textContent = isPast ? `You see ${day(asOf)}, as it was known at that close. Nothing later is shown.` : "";
  document.body.classList.toggle("is-past", isPast);
}

function tell(words) {
  at("told").textContent = words;
  at("told").hidden = !words;
  if (!words) return;
  at("view").replaceChildren();
  for (const place of ["view", "markets"]) at(place).setAttribute("aria-busy", "false");
  if (!shown.desk) at("markets").replaceChildren();
}

/** Look whether the latest date has moved, as over midnight or when the watch has told something. */
async function look() {
  if (document.hidden || wanted().asOf || !shown.desk) return;
  try {
    const now = await ask("/api/desk", "");
    if (JSON.stringify(now) === JSON.stringify(shown.desk) && shown.view !== "alerts") return;
    if (shown.view === "audit") return;
    shown.asOf = null;
    await show();
  } catch (fault) {
    if (fault.name !== "AbortError") tell(fault.message);
  }
}

at("travel").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = address({ asOf: at("as-of").value });
});
at("latest").addEventListener("click", () => { location.hash = address({ asOf: "" }); });
addEventListener("hashchange", show);
document.addEventListener("visibilitychange", look);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
setInterval(look, AGAIN);
globalThis.crosscurrent = { charts: [], look };
alerts.listen();
show();
