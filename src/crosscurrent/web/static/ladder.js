// What the next session's prices would mean.
import { ask } from "./asking.js";
import { make, nothing, section, table } from "./dom.js";
import { chance, day, last, number, quoted, signed } from "./words.js";

export async function ladder({ market, asked }) {
  if (!market?.is_charted) return nothing("Choose a market with a chart.");
  const told = await ask(`/api/markets/${encodeURIComponent(market.market)}/ladder`, asked);
  const shown = `${market.name}: what prices would mean on ${day(told.next_session)}`;
  if (told.reason) return [make("h1", {}, shown), nothing(told.reason)];
  return [
    make("h1", {}, shown),
    make("p", {}, `Close of ${day(told.session)}: ${last(market)}. Average true range: ${number(told.atr)}.`),
    ...near(told, market),
    section("Every rung", table("Rungs from high to low, with the chance of being touched", ["Price", "Meaning", "Distance", "Next session", "Within a week"], told.rungs.map((each) => rung(each, market)))),
  ];
}

function near(told, market) {
  const rows = [...told.resistance].reverse().concat(told.support).map((each) => [each.name, quoted(each.price, market), number(each.strength, 1), each.reasons.join("; ")]);
  return rows.length ? [section("Resistance and support", table("Where most comes together", ["Name", "Price", "Strength", "Why"], rows))] : [];
}

function rung(each, market) {
  return [quoted(each.price, market), each.consequence, `${signed(each.distance_atr, 1)} ATR`, share(each.probability_next), share(each.probability_week)];
}

function share(value) {
  return value === null ? "–" : chance(value);
}
