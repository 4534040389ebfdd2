// The time that is left, by the server's clock: the browser's may be wrong, and laptops sleep.
// Event: "expired", should the server not have said so first.

import { say } from "./page.js";

const MINUTE = 60_000;
const SERVER_SAYS_IT_FIRST_MS = 700;

/** "4:05", or "1:04:05" from an hour on. */
function digits(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
}

export class Clock extends EventTarget {
  #page;
  #ahead = 0;
  #endsAt = 0;
  #expiresAt = 0;
  #said = new Set();

  constructor(page, { now, endsAt, expiresAt }) {
    super();
    this.#page = page;
    this.set({ now: Number(now), ends_at: Number(endsAt), expires_at: Number(expiresAt) });
    this.timer = setInterval(() => this.#tick(), 1000);
  }

  /** The visit's hours and the server's time, in milliseconds. */
  set({ now, ends_at, expires_at }) {
    if (this.#endsAt && ends_at > this.#endsAt) this.#page.announce(say("extended", { minutes: Math.round((ends_at - this.#endsAt) / MINUTE) }));
    this.#ahead = Date.now() - now;
    this.#endsAt = ends_at;
    this.#expiresAt = expires_at;
    this.#said.clear();
    this.#tick();
  }

  stop() {
    clearInterval(this.timer);
  }

  #tick() {
    const now = Date.now() - this.#ahead;
    const left = this.#endsAt - now;
    const untilClosed = this.#expiresAt - now;
    const text = left > 0 ? say("time_left", { time: digits(left) }) : say("closes_in", { time: digits(untilClosed) });
    this.#page.find("[data-clock]").textContent = text;
    this.#warn(left, untilClosed);
    if (untilClosed < -SERVER_SAYS_IT_FIRST_MS) this.dispatchEvent(new Event("expired"));
  }

  #warn(left, untilClosed) {
    if (untilClosed < MINUTE) this.#sayOnce("closing");
    else if (left < 0) this.#sayOnce("time_is_up");
    else if (left < MINUTE) this.#sayOnce("one_minute");
    else if (left < 5 * MINUTE) this.#sayOnce("five_minutes");
    else this.#page.notice("time-warning", "");
  }

  #sayOnce(key) {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#page.notice("time-warning", say(key));
    this.#page.announce(say(key));
  }
}
