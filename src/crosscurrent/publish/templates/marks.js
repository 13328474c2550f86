// What stands on a pane: levels as bands, lines with their continuation, and the pane's own name. Drawn by places, not by times.
const FONT = "11px system-ui, sans-serif";

export class Marks {
  constructor(marks, title, colour) {
    Object.assign(this, { marks, title, colour });
    this.views = [
      { zOrder: () => "bottom", renderer: () => this.#drawer((place) => this.#drawBands(place)) },
      { zOrder: () => "top", renderer: () => this.#drawer((place) => this.#drawLines(place)) },
    ];
  }

  attached({ chart, series }) {
    Object.assign(this, { chart, series });
  }

  updateAllViews() {}

  paneViews() {
    return this.views;
  }

  #drawer(draw) {
    return {
      draw: (target) => target.useMediaCoordinateSpace(({ context, mediaSize }) => {
        context.save();
        draw({ context, width: mediaSize.width });
        context.restore();
      }),
    };
  }

  #x(place) {
    return this.chart.timeScale().logicalToCoordinate(place);
  }

  #drawBands({ context, width }) {
    for (const band of this.marks.filter((mark) => mark.type === "band")) {
      const [top, bottom] = [this.series.priceToCoordinate(band.high), this.series.priceToCoordinate(band.low)];
      const left = Math.max(this.#x(band.from) ?? 0, 0);
      if (top === null || bottom === null) continue;
      context.fillStyle = context.strokeStyle = this.colour("level");
      context.globalAlpha = 0.16;
      context.fillRect(left, top, width - left, Math.max(bottom - top, 1));
      context.globalAlpha = 0.9;
      stroke(context, [[left, (top + bottom) / 2], [width, (top + bottom) / 2]], 0.8);
    }
  }

  #drawLines({ context, width }) {
    context.font = FONT;
    const named = new Set();
    for (const line of this.marks.filter((mark) => mark.type === "line")) this.#drawLine(context, line, width, named);
    context.fillStyle = this.colour("muted");
    context.fillText(this.title, 6, 14);
  }

  #drawLine(context, line, width, named) {
    const [start, end] = line.ends.map(([place, value]) => [this.#x(place), this.series.priceToCoordinate(value)]);
    if ([...start, ...end].includes(null)) return;
    context.strokeStyle = context.fillStyle = this.colour(line.ink);
    stroke(context, [start, end], line.width, line.dashed ? [2, 3] : []);
    if (line.extends && width > end[0]) {
      const slope = end[0] > start[0] ? (end[1] - start[1]) / (end[0] - start[0]) : 0;
      stroke(context, [end, [width, end[1] + slope * (width - end[0])]], line.width, [4, 3]);
    }
    if (line.ink === "pattern" && !named.has(line.label)) context.fillText(line.label, start[0] + 4, start[1] - 6);
    named.add(line.label);
  }
}

function stroke(context, [from, to], width, dash = []) {
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}
