// The note's page where its bars came with it: each market's chart can be explored.
import "./numbers.js";
import { MarketChart } from "./chart.js";

const charts = [...document.querySelectorAll("script.bars")].map((data) => {
  const figure = data.closest("figure");
  const place = figure.querySelector(".explored");
  place.hidden = false;
  figure.classList.add("is-explored");
  return new MarketChart(place, JSON.parse(data.textContent), globalThis.LightweightCharts);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((chart) => chart.draw()));
globalThis.crosscurrent = { charts };
