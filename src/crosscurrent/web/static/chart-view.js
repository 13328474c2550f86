// A market's chart, as the note draws it: to be explored where the library is, the printed one otherwise and on paper.
import { MarketChart } from "./chart.js";
import { ask } from "./asking.js";
import { list, make, nothing, table } from "./dom.js";

/** Draw all charts anew, as in other colours. */
export function redraw() {
  globalThis.crosscurrent.charts.forEach((each) => each.draw());
}

export async function chart({ market, asked }) {
  globalThis.crosscurrent.charts = [];
  if (!market) return nothing("None of this desk's markets has a chart at this date.");
  const told = await ask(`/api/markets/${encodeURIComponent(market.market)}/chart`, asked);
  const place = make("div", { className: "explored cc-chart", hidden: true });
  const printed = make("img", { className: "wide", alt: told.alt, src: `data:image/svg+xml,${encodeURIComponent(told.svg)}` });
  const figure = make("figure", { id: "chart" }, place, credited(told.credit), printed, make("figcaption", {}, told.caption), figures(told));
  if (told.explored && globalThis.LightweightCharts) whenShown(() => explore(figure, place, told.explored));
  return [make("h1", {}, told.title), figure];
}

/** A chart needs its place's width, which it has once it is on the page. */
function whenShown(act) {
  document.getElementById("view").addEventListener("shown", act, { once: true });
}

function explore(figure, place, held) {
  if (!place.isConnected) return;
  place.hidden = false;
  figure.classList.add("is-explored");
  globalThis.crosscurrent.charts = [new MarketChart(place, held, globalThis.LightweightCharts)];
}

function credited([words, link]) {
  return make("p", { className: "credit" }, make("a", { href: link, rel: "noreferrer" }, words));
}

function figures(told) {
  const [headings, ...rows] = told.table;
  const shown = Array.isArray(headings) ? table(`The figures of ${told.title}`, headings, rows) : list(told.table.map(String));
  return make("details", {}, make("summary", {}, "The chart's figures"), shown);
}
