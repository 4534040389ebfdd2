// Whether the clinic's server can be reached, in words over the stage; picture and sound may go on without it.
// Where the network lets no socket through, whoever has just come waits all the same: the waiting room asks over HTTP.

import { say } from "./page.js";

const OFFLINE_AFTER_MS = 3000; // a restart of the server takes less, and nobody need know

export class Reach {
  #page;
  #socket;
  #timer = 0;

  constructor(page, socket) {
    this.#page = page;
    this.#socket = socket;
    socket.addEventListener("down", () => this.#down());
    socket.addEventListener("up", () => this.#up());
  }

  stop() {
    clearTimeout(this.#timer);
    this.#page.notice("offline", "");
  }

  /** Counted from the first time that it was down, however often it was dialled since. */
  #down() {
    this.#timer ||= setTimeout(() => this.#sayOffline(), OFFLINE_AFTER_MS);
  }

  #sayOffline() {
    if (this.#socket.isOpen) return;
    if (this.#page.state === "connecting" && this.#page.find("#waiting-line")) this.#page.enter("waiting"); // which asks
    this.#page.notice("offline", say("offline"));
    this.#page.announce(say("offline"));
  }

  #up() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#page.find("[data-offline]").hidden) this.#page.announce(say("back_online"));
    this.#page.notice("offline", "");
  }
}
