// The watch's alerts as they come, each once, none lost: after a break the stream goes on where it stopped.
import { make, nothing, table } from "./dom.js";
import { day, titled } from "./words.js";

const MOST = 200;

export class Alerts {
  constructor(place, act) {
    Object.assign(this, { place, act, known: new Map(), until: "" });
    this.body = make("div", { id: "alerts" });
  }

  /** Open the stream; the browser opens it again by itself with the number of the last alert it has. */
  listen() {
    const stream = new EventSource("/api/events");
    stream.addEventListener("ready", () => this.#catchUp());
    stream.addEventListener("alert", (event) => this.#take([JSON.parse(event.data)], true));
    stream.addEventListener("error", () => this.#tell(stream.readyState === EventSource.CLOSED ? "Not connected" : "Connecting"));
  }

  view({ asked }) {
    this.until = asked;
    this.#draw();
    return [make("h1", {}, "Alerts"), this.body];
  }

  async #catchUp() {
    this.#tell("Live");
    const held = await fetch("/api/alerts").then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
    this.#take(held.reverse(), false);
  }

  #take(alerts, isNew) {
    const fresh = alerts.filter((alert) => !this.known.has(alert.id));
    for (const alert of fresh) this.known.set(alert.id, alert);
    for (const id of [...this.known.keys()].slice(0, -MOST)) this.known.delete(id);
    if (!fresh.length) return;
    this.#draw();
    if (isNew) this.act();
  }

  #draw() {
    const shown = [...this.known.values()].filter((alert) => !this.until || alert.session.slice(0, 10) <= this.until).reverse();
    const rows = shown.map((alert) => [day(alert.session), alert.market, titled(alert.kind), alert.text]);
    this.body.replaceChildren(rows.length ? table("Newest first", ["Session", "Market", "What", "In words"], rows)
      : nothing(this.until ? "No alert up to this date." : "No alert yet. crosscurrent watch writes them; they appear here by themselves."));
  }

  #tell(words) {
    this.place.textContent = words;
    this.place.classList.toggle("is-live", words === "Live");
  }
}
