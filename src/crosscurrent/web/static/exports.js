// The note of the date as files.
import { list, make } from "./dom.js";
import { day } from "./words.js";

const FILES = [["note.html", "The note as a page that needs nothing else"], ["note.md", "The note as Markdown, to be edited and built again"], ["note.json", "The note as JSON, every number with its reading"]];

export function exports({ asked, as_of: asOf }) {
  const links = FILES.map(([name, words]) => make("span", {}, make("a", { href: `/api/export/${name}${asked ? `?as_of=${asked}` : ""}`, download: name }, name), ` ${words}`));
  return [make("h1", {}, `Export: the note of ${day(asOf)}`), list(links)];
}
