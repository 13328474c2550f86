// How things are put on the page: elements and text, never markup.

/** Make an element; every word goes in as text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A table that can be scrolled by keyboard where it is too wide. */
export function table(caption, headings, rows) {
  const head = make("tr", {}, ...headings.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map((cells) => make("tr", {}, ...cells.map((cell, k) => make(k ? "td" : "th", k ? {} : { scope: "row" }, cell))));
  const made = make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": caption }, made);
}

/** A section with its heading. */
export function section(title, ...children) {
  return make("section", {}, make("h2", {}, title), ...children);
}

/** Say that there is nothing, and why. */
export function nothing(words) {
  return make("p", { className: "nothing" }, words);
}

/** A list of short sentences. */
export function list(items) {
  return make("ul", {}, ...items.map((text) => make("li", {}, text)));
}
