// A market's facts of the last sessions, and what is forming.
import { ask } from "./asking.js";
import { make, nothing, table } from "./dom.js";
import { day, plain, titled } from "./words.js";

const SHOWN = 4;

export async function facts({ market, asked }) {
  if (!market?.is_charted) return nothing("Choose a market with a chart.");
  const told = await ask(`/api/markets/${encodeURIComponent(market.market)}/facts`, asked);
  const rows = told.reverse().map((fact) => [day(fact.session), titled(fact.kind), plain(fact.stage), plain(fact.direction), readings(fact.readings)]);
  const found = rows.length ? table("Newest first; what is forming can still fail", ["Session", "Fact", "Stage", "Direction", "Readings"], rows) : nothing("Nothing in the last five sessions.");
  return [make("h1", {}, `${market.name}: facts of the last five sessions`), found];
}

function readings(told) {
  return Object.entries(told).slice(0, SHOWN).map(([name, value]) => `${plain(name)} ${typeof value === "number" ? short(value) : plain(value)}`).join(", ");
}

function short(value) {
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4))).replace("-", "−");
}
