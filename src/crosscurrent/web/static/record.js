// What was published, and how it ended.
import { ask } from "./asking.js";
import { make, nothing, section, table } from "./dom.js";
import { chance, day, number, plain, titled } from "./words.js";

export async function record({ asked }) {
  const { notes, score } = await ask("/api/record", asked);
  if (!notes.length) return [make("h1", {}, "Record"), nothing("No note was recorded up to this date. crosscurrent note --ledger records one.")];
  return [make("h1", {}, "Record"), scored(score), section("Notes", table("Notes as they were recorded", ["Date", "Title", "Recorded"], [...notes].reverse().map((note) => [day(note.as_of), note.title, note.recorded_at])))];
}

function scored(score) {
  const rate = score.rate === null ? "none has ended" : `${chance(score.rate)} of ${score.n} reached a target, ${score.null === null ? "" : `against ${chance(score.null)} by chance`}`;
  const words = make("p", {}, `${titled(score.verdict)}: ${rate}. Mean result ${score.mean_r === null ? "–" : `${number(score.mean_r)} R`}.`);
  const rows = score.setups.map((each) => [each.id, plain(each.status), day(each.published), day(each.session), each.r === null ? "–" : `${number(each.r)} R`]);
  return section("Score", words, rows.length ? table("Setups and their ends", ["Setup", "Status", "Published", "Ended", "Result"], rows) : nothing("No setup was published."));
}
