// A market's facts of the last sessions, and what is forming.
import { ask } from "./asking.js";
import { make, nothing, section, table } from "./dom.js";
import { day, plain, titled } from "./words.js";

const SHOWN = 4;

export async function facts({ market, asked }) {
  if (!market?.is_charted) return nothing("Choose a market with a chart.");
  const told = await ask(`/api/markets/${encodeURIComponent(market.market)}/facts`, asked);
  const isForming = (fact) => fact.stage === "forming";
  return [
    make("h1", {}, `${market.name}: facts of the last five sessions`),
    section("What happened", listed("Newest first", told.filter((fact) => !isForming(fact)).reverse(), "Nothing in the last five sessions.")),
    section("What is forming", listed("Each of these can still fail", told.filter(isForming), "Nothing is forming.")),
  ];
}

function listed(caption, facts, otherwise) {
  const rows = facts.map((fact) => [day(fact.session), titled(fact.kind), plain(fact.stage), plain(fact.direction), readings(fact.readings)]);
  return rows.length ? table(caption, ["Session", "Fact", "Stage", "Direction", "Readings"], rows) : nothing(otherwise);
}

function readings(told) {
  return Object.entries(told).slice(0, SHOWN).map(([name, value]) => `${plain(name)} ${typeof value === "number" ? short(value) : plain(value)}`).join(", ");
}

function short(value) {
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4))).replace("-", "−");
}
