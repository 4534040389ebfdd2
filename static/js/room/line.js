// What the page says about the line: the mark in the top bar and on each tile, and the notices over the stage.

import { say } from "./page.js";

export class Line {
  #page;
  #socket;
  #call;
  #worst = "good";

  constructor(page, { socket, call, quality, thrift, stage }) {
    this.#page = page;
    this.#socket = socket;
    this.#call = call;
    socket.addEventListener("down", () => this.show());
    socket.addEventListener("up", () => this.show());
    call.addEventListener("lost", ({ detail: who }) => page.announce(say("lost", who)));
    call.addEventListener("long-lost", () => page.notice("lost", "shown"));
    call.addEventListener("back", ({ detail: who }) => this.#back(who));
    call.addEventListener("blocked", () => page.notice("blocked", "shown"));
    thrift.addEventListener("level", ({ detail }) => this.#level(detail));
    quality.addEventListener("measured", ({ detail: { grades, worst } }) => {
      this.#worst = worst;
      grades.forEach((grade, peer) => stage.grade(peer.who, grade));
      this.show();
    });
  }

  /** The mark in the top bar. */
  show() {
    if (!this.#call.isEmpty) this.#page.connection(this.#call.line === "connected" ? this.#worstWords : this.#call.line);
    else if (!this.#socket.isOpen) this.#page.connection("reconnecting");
    else this.#page.connection(this.#page.state === "waiting" ? "waiting" : "connected");
  }

  stop() {
    for (const mark of ["lost", "blocked", "level"]) this.#page.notice(mark, "");
  }

  get #worstWords() {
    return { good: "connected", fair: "fair_line", poor: "poor_line" }[this.#worst];
  }

  #back(who) {
    this.#page.notice("lost", "");
    this.#page.notice("blocked", "");
    this.#page.announce(say("back", who));
  }

  #level({ level, isChosen }) {
    const text = level === "full" ? "" : say(`${level}_${isChosen ? "chosen" : "automatic"}`);
    this.#page.notice("level", text);
    this.#page.announce(text || say("pictures_back"));
  }
}
