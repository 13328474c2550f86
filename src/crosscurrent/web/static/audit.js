// Other people's claims, checked up to the date shown.
import { ask } from "./asking.js";
import { make, nothing, table } from "./dom.js";
import { plain } from "./words.js";

const EXAMPLE = "- {id: A1, kind: change, market: IXIC, as_of: 2006-08-18, says: {over: 1w, direction: up}}";
let written = "";

export function audit({ asked }) {
  const text = make("textarea", { id: "claims", rows: 9, maxLength: 50_000, spellcheck: false, value: written, placeholder: EXAMPLE });
  const verdicts = make("div", { "aria-live": "polite" });
  const form = make("form", { className: "claims" }, make("label", { htmlFor: "claims" }, "Claims, as YAML or JSON"), text, make("button", { type: "submit" }, "Check"));
  text.addEventListener("input", () => { written = text.value; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(text.value, asked, verdicts);
  });
  return [make("h1", {}, "Audit"), make("p", {}, "Each claim gets a verdict with its numbers, its definition and its tolerance. Nothing after the date shown is looked at."), form, verdicts];
}

async function check(text, asked, verdicts) {
  verdicts.replaceChildren(make("p", { className: "wait" }, "Checking."));
  try {
    const { claims } = await ask("/api/audit", "", { text, as_of: asked || null });
    verdicts.replaceChildren(claims.length ? shown(claims) : nothing("No claim was found."));
  } catch (fault) {
    if (fault.name !== "AbortError") verdicts.replaceChildren(make("p", { className: "told" }, fault.message));
  }
}

function shown(claims) {
  const rows = claims.map((each) => [each.id, make("span", { className: `verdict ${each.verdict}` }, plain(each.verdict)), each.reason, [each.definition, each.tolerance, each.remark].filter(Boolean).join(" ")]);
  return table("Verdicts", ["Claim", "Verdict", "Why", "Measured how"], rows);
}
