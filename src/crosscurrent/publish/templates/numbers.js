// A number leads to its definition: open the list that holds it before the browser jumps there.
const definitions = document.querySelector("details.numbers");

addEventListener("click", (event) => {
  if (event.target.closest("a.n")) definitions.open = true;
});
if (location.hash.startsWith("#r")) definitions.open = true;
