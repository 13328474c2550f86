// A number leads to its definition: open the list that holds it before the browser jumps there.
addEventListener("click", (event) => {
  const number = event.target.closest("a.n");
  if (number) document.querySelector("details.numbers").open = true;
});
if (location.hash.startsWith("#r")) document.querySelector("details.numbers").open = true;
