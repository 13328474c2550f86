// The desk's setups, each with what speaks for and against it.
import { ask } from "./asking.js";
import { list, make, nothing } from "./dom.js";
import { day, plain, quoted, titled } from "./words.js";

export async function setups(desk) {
  const told = await ask("/api/setups", desk.asked);
  if (!told.length) return [make("h1", {}, "Setups"), nothing("No setup meets its conditions at this close.")];
  return [make("h1", {}, "Setups"), make("div", { className: "cards" }, ...told.map((each) => card(each, desk.markets.find((market) => market.market === each.market))))];
}

function card(each, market) {
  const write = (value) => quoted(value, market);
  const terms = [
    ["Entry", `${plain(each.entry.condition)} ${write(each.entry.price)}: ${each.entry.reason}`], ["Stop", write(each.stop)],
    ...each.targets.map((target, k) => [`Target ${k + 1}`, `${write(target.price)} (${target.r} R): ${target.reason}`]),
    ["Wrong if", `${plain(each.invalidation.condition)} ${write(each.invalidation.price)}: ${each.invalidation.reason}`],
    ["Runs out", day(each.expiry)], ["Filter", filter(each)],
  ];
  return make("section", { className: "card" },
    make("h2", {}, `${market?.name ?? each.market}: ${plain(each.plan)}, ${each.side}`),
    make("dl", {}, ...terms.flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, words)])),
    ...evidence("For", each.for), ...evidence("Against", each.against));
}

function filter(each) {
  const by = each.filtered_by;
  return by ? `${plain(each.filter)} (${by.market}: ${by.reasons.join("; ")})` : plain(each.filter);
}

function evidence(title, items) {
  return items.length ? [make("h3", {}, title), list(items.map((item) => `${item.why}, ${day(item.session)}`))] : [];
}
