// The markets with their state.
import { list, make } from "./dom.js";
import { changed, last, plain } from "./words.js";

const PERIODS = [["1d", "Day"], ["1w", "Week"], ["1mo", "Month"]];

export function markets(desk, chosen, address) {
  const head = make("tr", {}, ...["Market", "Last", ...PERIODS.map(([, name]) => name), "Stance"].map((text) => make("th", { scope: "col" }, text)));
  const rows = desk.markets.map((market) => row(market, market === chosen, address));
  const made = make("table", { className: "state" }, make("caption", {}, `Closes of ${desk.as_of}, ${desk.source}`), make("thead", {}, head), make("tbody", {}, ...rows));
  const gaps = make("details", {}, make("summary", {}, `What is missing or stands in (${desk.gaps.length})`), list(desk.gaps.map((gap) => `${gap.what}: ${gap.why}`)));
  const whole = make("div", {}, make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Markets with their state" }, made));
  if (desk.gaps.length) whole.append(gaps);
  return whole;
}

function row(market, isChosen, address) {
  const name = market.is_charted
    ? make("a", { href: address({ market: market.market }), "aria-current": isChosen ? "true" : undefined, title: market.market }, market.name)
    : make("span", { title: market.market }, market.name);
  const changes = PERIODS.map(([period]) => make("td", { className: way(market.changes[period]) }, changed(market.changes[period])));
  const stance = make("td", { className: `stance ${market.stance ?? ""}` }, plain(market.stance) || "–");
  return make("tr", { className: isChosen ? "is-chosen" : "" }, make("th", { scope: "row" }, name), make("td", {}, last(market)), ...changes, stance);
}

function way(change) {
  return !change || change.value === 0 ? "" : change.value > 0 ? "up" : "down";
}
