// How the desk's pairs move together, and what drove each index's week.
import { ask } from "./asking.js";
import { list, make, nothing, section, table } from "./dom.js";
import { day, named, number, plain, range, signed, titled } from "./words.js";

export async function links({ asked, markets }) {
  const name = (market) => named(market, markets);
  const told = await ask("/api/links", asked);
  const pairs = told.pairs.length ? table("Correlation over the window, with its 95% interval and beside chance", ["Pair", "Sessions", "Levels", "Changes", "Interval", "Levels beside chance"], told.pairs.map((each) => pair(each, name))) : nothing("No pair can be told at this date.");
  return [make("h1", {}, "Correlations and drivers"), section("Correlations", pairs), ...told.drivers.map((each) => driver(each, name))];
}

function pair(each, name) {
  const { level_correlation: level, change_correlation: change, chance } = each;
  const beside = chance ? `higher than ${(100 * chance.percentile).toFixed(0)}% of unrelated series` : "–";
  return [each.markets.map(name).join(" and "), `${each.sessions} to ${day(each.to)}`, number(level?.value), number(change?.value), range(change?.interval), beside];
}

function driver(each, name) {
  const rows = each.parts.map((part) => [plain(part.driver), part.market, `${signed(part.moved)} ${part.unit === "pct" ? "%" : part.unit}`, `${signed(part.pct)}%`, `${range(part.interval)}%`]);
  const left = `Left over: ${signed(each.leftover.pct)}%. Verdict: ${plain(each.verdict)}. ${titled(each.reason)}.`;
  return section(`${name(each.market)}: what drove ${signed(each.return_pct)}% from ${day(each.from)} to ${day(each.to)}`,
    table(`Drivers of ${name(each.market)}, betas from ${each.window} changes before`, ["Driver", "Measured by", "Moved", "Explains", "Interval"], rows),
    make("p", {}, left), ...(each.gaps.length ? [make("details", {}, make("summary", {}, "What is missing"), list(each.gaps))] : []));
}
