// How numbers are written: as the printed charts and the text write them.
const EIGHTHS = "01235678";
const SIZES = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];

const grouped = (value, digits) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");

/** A price to its tick: decimals, or points and 32nds. */
export function price(value, notation) {
  const ticks = Math.floor(value / notation.tick + 0.5);
  if (!notation.parts) return grouped(Number((ticks * notation.tick).toFixed(12)), notation.digits);
  const eighths = Math.abs(Math.round((ticks / (32 * notation.parts)) * 256));
  const [points, rest] = [Math.floor(eighths / 256), eighths % 256];
  const part = notation.parts > 1 ? EIGHTHS[rest % 8] : "";
  return `${value < 0 ? "−" : ""}${points}'${String(Math.floor(rest / 8)).padStart(2, "0")}${part}`;
}

function counted(value) {
  const [size, letter] = SIZES.find(([size]) => Math.abs(value) >= size) ?? [1, ""];
  return `${Number((value / size).toPrecision(3))}${letter}`;
}

/** A value as its pane's axis writes it; nothing for what is undefined. */
export function written(value, unit, notation) {
  if (value == null || !Number.isFinite(value)) return "";
  if (unit === "price") return price(value, notation);
  if (unit === "yield") return `${grouped(value, 2)}%`;
  if (unit === "volume") return counted(value);
  return unit === "index" ? grouped(value, 0) : grouped(value, Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value) || 1)), 0), 4));
}

/** A share of one in per cent, never rounded to certainty. */
export function chance(share) {
  if (share > 0 && share < 0.005) return "under 1%";
  if (share >= 0.995 && share < 1) return "over 99%";
  return `${Math.round(100 * share)}%`;
}
