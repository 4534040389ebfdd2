// How much picture the line carries: less when it is bad for a while, more again when it has been good for longer.
// The person may choose instead. Event: "level" (detail: {level, isChosen}).

const LEVELS = ["full", "saving", "sound"];
const BAD_BEFORE_LESS = 3; // measurements, one every two seconds
const GOOD_BEFORE_MORE = 10;
const MOST_PATIENCE = 60;

export class Thrift extends EventTarget {
  #choice = "auto";
  #automatic = 0;
  #bad = 0;
  #good = 0;
  #patience = GOOD_BEFORE_MORE;

  get level() {
    return this.#choice === "auto" ? LEVELS[this.#automatic] : this.#choice;
  }

  /** @param choice "auto", "saving" or "sound" */
  choose(choice) {
    this.#choice = choice;
    this.#automatic = this.#bad = this.#good = 0;
    this.#patience = GOOD_BEFORE_MORE;
    this.#tell();
  }

  /** Take in one measurement of the line. */
  judge(grade) {
    this.#bad = grade === "poor" ? this.#bad + 1 : 0;
    this.#good = grade === "good" ? this.#good + 1 : 0;
    if (this.#bad >= BAD_BEFORE_LESS) this.#step(1);
    else if (this.#good >= this.#patience) this.#step(-1);
  }

  /** Going back to less means that more was tried too early: wait longer the next time. */
  #step(by) {
    this.#bad = this.#good = 0;
    const next = Math.min(LEVELS.length - 1, Math.max(0, this.#automatic + by));
    if (next === this.#automatic) return;
    if (by > 0) this.#patience = Math.min(MOST_PATIENCE, this.#patience * 2);
    this.#automatic = next;
    if (this.#choice === "auto") this.#tell();
  }

  #tell() {
    const detail = { level: this.level, isChosen: this.#choice !== "auto" };
    this.dispatchEvent(new CustomEvent("level", { detail }));
  }
}
