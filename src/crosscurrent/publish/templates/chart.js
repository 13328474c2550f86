// One market's chart on TradingView's lightweight-charts: panes, marks, ladder, another market beside it, a legend at the crosshair.
import { chance, written } from "./format.js";
import { Marks } from "./marks.js";

const SCALES = { price: 0, log: 1, "per cent": 2 };
const HEIGHT = { price: 340, volume: 80, rsi: 110, macd: 110 };
const NEAR = 7;

/** Draw `held` (a payload of payload.py) into `place` and return what a page may ask of it. */
export class MarketChart {
  constructor(place, held, library) {
    Object.assign(this, { place, held, library });
    this.state = { interval: "day", scale: "price", beside: false, ladder: true };
    this.legend = part("p", "legend");
    this.events = part("p", "legend");
    this.board = part("div", "board");
    this.board.tabIndex = 0;
    this.board.setAttribute("role", "application");
    this.board.setAttribute("aria-label", `${held.title}: arrow keys move in time, plus and minus zoom, home shows the end. The figures stand in the table below.`);
    this.board.addEventListener("keydown", (event) => this.#onKey(event));
    place.append(this.#buttons(), this.legend, this.events, this.board);
    this.draw();
  }

  /** Draw anew, as after another choice or in other colours. */
  draw() {
    this.chart?.remove();
    this.now = this.held.intervals[this.state.interval];
    this.chart = this.library.createChart(this.board, this.#options());
    this.series = this.now.panes.map((pane, index) => this.#drawPane(pane, index));
    this.price = this.series[0][0];
    if (this.state.beside) this.held.beside.forEach((other, k) => this.#drawBeside(other, k));
    if (this.state.ladder && this.state.interval === "day") this.#drawLadder();
    for (const side of ["left", "right"]) this.chart.priceScale(side, 0).applyOptions({ mode: SCALES[this.state.scale] });
    this.#showEnd();
    this.chart.subscribeCrosshairMove((event) => this.#tell(event));
    this.legend.style.minHeight = "";
    this.#tell({});
    this.legend.style.minHeight = `${this.legend.offsetHeight}px`; // figures of another width must not move the chart under the pointer
  }

  /** Change some of the state (`interval`, `scale`, `beside`, `ladder`) and draw anew. */
  set(change) {
    Object.assign(this.state, change);
    this.draw();
  }

  /** What the legend says now. */
  get told() {
    return this.legend.textContent + this.events.textContent;
  }

  #options() {
    const colour = (ink) => this.#colour(ink);
    const height = this.now.panes.reduce((sum, pane) => sum + HEIGHT[pane.key], 30);
    this.board.style.height = `${height}px`;
    return {
      autoSize: true,
      layout: { background: { color: colour("surface") }, textColor: colour("muted"), fontSize: 11, panes: { separatorColor: colour("frame") }, attributionLogo: false },
      grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
      crosshair: { mode: 0 },
      localization: { locale: "en-GB" },
      rightPriceScale: { borderColor: colour("frame") },
      leftPriceScale: { visible: this.state.beside, borderColor: colour("frame") },
      timeScale: { borderColor: colour("frame"), rightOffset: 0 },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    };
  }

  #colour(ink) {
    return getComputedStyle(this.place).getPropertyValue(`--cc-${ink.replace("_", "-")}`).trim() || "gray";
  }

  #drawPane(pane, index) {
    const drawn = pane.series.map((series) => this.#drawSeries(series, pane, index));
    const title = pane.key === "price" ? "" : pane.series.map((series) => series.label).join(" · ");
    drawn[0].attachPrimitive(new Marks(pane.marks, title, (ink) => this.#colour(ink)));
    for (const guide of pane.guides) {
      drawn[0].createPriceLine({ price: guide.value, color: this.#colour("frame"), lineWidth: 1, lineStyle: 2, axisLabelVisible: false });
    }
    this.#drawPoints(drawn[0], pane);
    this.chart.panes()[index].setStretchFactor(HEIGHT[pane.key]);
    return drawn;
  }

  #drawSeries(series, pane, index) {
    const { CandlestickSeries, HistogramSeries, LineSeries } = this.library;
    const priceFormat = { type: "custom", minMove: 1e-6, formatter: (value) => written(value, pane.unit, this.held.notation) };
    const plain = { priceFormat, priceLineVisible: false, lastValueVisible: series === pane.series[0], crosshairMarkerVisible: false };
    const [up, down] = [this.#colour("up"), this.#colour("down")];
    if (series.type === "candles") {
      const hollow = { upColor: this.#colour("surface"), borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down };
      const candles = this.chart.addSeries(CandlestickSeries, { ...plain, ...hollow, priceLineVisible: true, priceLineColor: this.#colour("price") }, index);
      candles.setData([...this.now.sessions.map((time, k) => candle(time, series, k)), ...this.#ahead()]);
      return candles;
    }
    const values = this.now.sessions.map((time, k) => point(time, series.values[k]));
    if (series.type === "columns") {
      const columns = this.chart.addSeries(HistogramSeries, { ...plain, lastValueVisible: false }, index);
      const [rise, fall] = [this.#colour("quiet_up"), this.#colour("quiet_down")];
      columns.setData(values.map((value, k) => ({ ...value, color: series.rising[k] === "1" ? rise : fall })));
      return columns;
    }
    const line = this.chart.addSeries(LineSeries, { ...plain, color: this.#colour(series.ink), lineWidth: series.ink === "price" ? 2 : 1 }, index);
    line.setData(pane.series[0] === series && index === 0 ? [...values, ...this.#ahead()] : values);
    return line;
  }

  #ahead() {
    return this.now.ahead.map((time) => ({ time }));
  }

  #drawPoints(series, pane) {
    const points = pane.marks.filter((mark) => mark.type === "point" && this.now.sessions[mark.at]);
    const marked = points.sort((a, b) => a.at - b.at).map((mark) => {
      const isAbove = this.#isUpper(pane, mark);
      return { time: this.now.sessions[mark.at], position: isAbove ? "aboveBar" : "belowBar", shape: isAbove ? "arrowDown" : "arrowUp", color: this.#colour("line"), text: mark.label };
    });
    if (marked.length) this.library.createSeriesMarkers(series, marked);
  }

  #isUpper(pane, mark) {
    const { high, low } = pane.series[0];
    return !high || mark.value >= (high[mark.at] + low[mark.at]) / 2;
  }

  #drawBeside(other, k) {
    const line = this.chart.addSeries(this.library.LineSeries, {
      priceScaleId: "left", color: this.#colour(k ? "pattern" : "second"), lineWidth: 2, priceLineVisible: false,
      priceFormat: { type: "custom", minMove: 1e-6, formatter: (value) => written(value, "price", other.notation) },
    }, 0);
    line.setData(this.now.sessions.map((time, at) => point(time, other[this.state.interval][at])));
  }

  #drawLadder() {
    for (const rung of this.held.rungs) {
      this.price.createPriceLine({ price: rung.price, color: this.#colour("norm"), lineVisible: false, lineWidth: 1, axisLabelVisible: true, title: "" });
    }
  }

  #showEnd() {
    const end = this.now.sessions.length + this.now.ahead.length - 0.5;
    const width = Math.min(this.state.interval === "day" ? this.held.shown : 120, Math.max(this.place.clientWidth / 5, 40));
    this.chart.timeScale().setVisibleLogicalRange({ from: this.now.sessions.length - width, to: end });
  }

  #tell({ logical, point: at, paneIndex }) {
    const last = this.now.sessions.length - 1;
    const here = Math.min(Math.max(logical == null ? last : Math.round(logical), 0), last);
    const words = [day(this.now.sessions[here]), ...this.now.panes.flatMap((pane) => pane.series.flatMap((series) => this.#named(series, pane, here)))];
    if (this.state.beside) words.push(...this.held.beside.map((other) => `${other.name} ${written(other[this.state.interval][here], "price", other.notation)}`));
    const pointed = this.now.panes[0].marks.filter((mark) => mark.type === "point" && mark.at === here).map((mark) => mark.label);
    const rung = at && !paneIndex && this.state.ladder ? this.#rungAt(at.y) : null;
    if (rung) pointed.push(`${written(rung.price, this.held.quoted, this.held.notation)}: ${rung.words} (${chance(rung.chance)} to be touched by the next close)`);
    this.legend.replaceChildren(...words.flatMap((text) => [Object.assign(part("span"), { textContent: text }), " "]));
    this.events.textContent = pointed.join("; ");
  }

  #rungAt(y) {
    const away = (rung) => Math.abs(this.price.priceToCoordinate(rung.price) - y);
    const nearest = this.held.rungs.reduce((best, rung) => (best === null || away(rung) < away(best) ? rung : best), null);
    return nearest && away(nearest) < NEAR ? nearest : null;
  }

  #named(series, pane, here) {
    const tell = (name, value) => (value == null ? [] : [`${name} ${written(value, pane.unit, this.held.notation)}`]);
    if (series.type !== "candles") return tell(series.label, series.values[here]);
    return ["open", "high", "low", "close"].flatMap((name) => tell(name[0].toUpperCase() + name.slice(1), series[name][here]));
  }

  #onKey(event) {
    const time = this.chart.timeScale();
    const range = time.getVisibleLogicalRange();
    const width = range.to - range.from;
    const moves = {
      ArrowLeft: [-width / 10, -width / 10], ArrowRight: [width / 10, width / 10],
      "+": [width / 10, 0], "=": [width / 10, 0], "-": [-width / 10, 0],
    };
    if (event.key === "Home") this.#showEnd();
    else if (moves[event.key]) time.setVisibleLogicalRange({ from: range.from + moves[event.key][0], to: range.to + moves[event.key][1] });
    else return;
    event.preventDefault();
  }

  #buttons() {
    const bar = part("div", "buttons");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", `How ${this.held.title} is shown`);
    bar.append(this.#choice("interval", ["day", "week"]), this.#choice("scale", Object.keys(SCALES)));
    if (this.held.beside.length) bar.append(this.#switch("beside", `Beside ${this.held.beside.map((other) => other.name).join(", ")}`));
    if (this.held.rungs.length) bar.append(this.#switch("ladder", "Ladder"));
    return bar;
  }

  #choice(key, values) {
    const group = part("span", "choice");
    const buttons = values.map((value) => this.#button(value, () => {
      this.set({ [key]: value });
      buttons.forEach((each, k) => each.setAttribute("aria-pressed", String(values[k] === value)));
    }, this.state[key] === value));
    group.append(...buttons);
    return group;
  }

  #switch(key, words) {
    const button = this.#button(words, () => {
      this.set({ [key]: !this.state[key] });
      button.setAttribute("aria-pressed", String(this.state[key]));
    }, this.state[key]);
    return button;
  }

  #button(words, act, isOn) {
    const button = Object.assign(part("button"), { type: "button", textContent: words[0].toUpperCase() + words.slice(1) });
    button.setAttribute("aria-pressed", String(isOn));
    button.addEventListener("click", act);
    return button;
  }
}

function part(tag, name = "") {
  return Object.assign(document.createElement(tag), { className: name });
}

function candle(time, series, k) {
  return { time, open: series.open[k], high: series.high[k], low: series.low[k], close: series.close[k] };
}

function point(time, value) {
  return value == null ? { time } : { time, value };
}

function day(session) {
  return new Date(`${session}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}
