// How the desk writes numbers, dates and the names of things.
import { chance, price } from "./format.js";

export { chance };

const UNITS = { pct: "%", bp: " bp" };

/** A number with its sign and so many digits; a dash where there is none. */
export function signed(value, digits = 2) {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(digits);
  return `${Number(text) === 0 ? "" : value < 0 ? "−" : "+"}${text}`;
}

export function changed(change) {
  if (!change) return "–";
  return `${signed(change.value, change.unit === "bp" ? 1 : 2)}${UNITS[change.unit] ?? ` ${change.unit}`}`;
}

export function number(value, digits = 2) {
  return value === null || value === undefined ? "–" : value.toFixed(digits).replace("-", "−");
}

/** A price as its market writes it, or a yield in per cent. */
export function quoted(value, market) {
  if (value === null || value === undefined) return "–";
  return market?.quoted === "price" ? price(value, market.notation) : number(value);
}

export function range(pair, digits = 2) {
  return pair ? `${signed(pair[0], digits)} to ${signed(pair[1], digits)}` : "–";
}

export function plain(name) {
  return String(name ?? "").replaceAll("_", " ");
}

/** A plain name that opens a line. */
export function titled(name) {
  const words = plain(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function day(session) {
  if (!session) return "–";
  const date = new Date(`${session.slice(0, 10)}T00:00:00Z`);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** A market's last close. */
export function last(market) {
  return market.quoted === "price" ? price(market.close, market.notation) : market.shown;
}

/** What a market is called, by its name in the data. */
export function named(market, markets) {
  return markets.find((each) => each.market === market)?.name ?? market;
}
