// Yields, how rare their moves are, and the policy path that is priced.
import { ask } from "./asking.js";
import { list, make, nothing, section, table } from "./dom.js";
import { changed, chance, day, named, number, plain, signed } from "./words.js";

const PERIODS = { "1d": "day", "1w": "week", "1mo": "month", "1y": "year" };

export async function rates({ asked, markets }) {
  const told = await ask("/api/rates", asked);
  const moves = told.changes.map((each) => move(each, markets));
  return [
    make("h1", {}, "Rates and policy path"),
    section("Yields", table("Closes of the desk's yields", ["Series", "Last", "Day", "Week", "Month"], markets.filter((each) => each.role === "yield" || each.role === "policy").map(yielded))),
    section("How rare", table("Moves, with the share of smaller ones in the history", ["Series", "Over", "Move", "Smaller moves", "Largest since", "In a row"], moves)),
    ...["path", "meetings", "year_ends"].flatMap((name) => listed(plain(name), told[name])),
    told.path.length || told.meetings.length ? null : nothing("No policy path from futures at this date; the reasons stand below."),
    ...(told.gaps.length ? [section("What is missing", list(told.gaps))] : []),
  ].filter(Boolean);
}

function yielded(each) {
  return [each.name, each.shown, ...["1d", "1w", "1mo"].map((period) => changed(each.changes[period]))];
}

function move(each, markets) {
  return [named(each.market, markets), PERIODS[each.period] ?? each.period, `${signed(each.change_bp, 1)} bp`, each.percentile === null ? "–" : chance(each.percentile), day(each.largest_since), each.streak ? String(each.streak.length) : "–"];
}

function listed(title, rows) {
  if (!rows.length) return [];
  const names = Object.keys(rows[0]).filter((name) => typeof rows[0][name] !== "object");
  return [section(title.charAt(0).toUpperCase() + title.slice(1), table(`The policy path: ${title}`, names.map(plain), rows.map((row) => names.map((name) => told(row[name])))))];
}

function told(value) {
  return typeof value === "number" ? number(value, 3) : plain(value ?? "–");
}
