// A number opens its definition beside it, by pointer and by keyboard; from there a link leads to the list of all numbers.
const all = document.querySelector("details.numbers");
const card = document.querySelector("#definition");
let open = null;

function show(number) {
  const row = document.querySelector(number.hash);
  const [shown, definition, window, source] = [...row.cells].map((cell) => cell.textContent);
  card.querySelector("strong").textContent = `${shown}: ${definition}`;
  card.querySelector("span").textContent = [window, source].filter(Boolean).join(" · ");
  card.querySelector("a").href = number.hash;
  card.hidden = false;
  const [box, width] = [number.getBoundingClientRect(), document.documentElement.clientWidth];
  card.style.left = `${Math.max(Math.min(box.left, width - card.offsetWidth - 12), 12) + scrollX}px`;
  card.style.top = `${box.bottom + 6 + scrollY}px`;
  number.setAttribute("aria-describedby", "definition");
  open = number;
}

function hide() {
  card.hidden = true;
  open?.removeAttribute("aria-describedby");
  open = null;
}

addEventListener("click", (event) => {
  const number = event.target.closest("a.n");
  if (event.target.closest("#definition a")) all.open = true;
  if (number) event.preventDefault();
  const isOther = number && number !== open;
  if (!event.target.closest("#definition p")) hide();
  if (isOther) show(number);
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
if (location.hash.startsWith("#r")) all.open = true;
