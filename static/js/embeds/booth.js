// The stage of a video service that has no page of its own: a tile for each person, and the buttons under the stage.

import { say } from "../room/page.js";
import { figure, initials } from "../room/tile.js";

/** What the server wrote after the # of an entry's address. */
export function factsOf(entry) {
  return Object.fromEntries(new URLSearchParams(new URL(entry.url).hash.slice(1)));
}

export class Booth {
  place;
  #tiles = new Map();
  #listening = new AbortController();

  constructor(place) {
    this.place = place;
    place.replaceChildren();
  }

  /** The tile of one person, or of their screen. */
  tile(id, name) {
    if (!this.#tiles.has(id)) {
      const tile = figure(name);
      tile.querySelector("[data-initials]").textContent = initials(name);
      this.#tiles.set(id, tile);
      this.place.append(tile);
    }
    return this.#tiles.get(id);
  }

  /** The small picture of who sits here. */
  get mine() {
    const tile = this.tile("mine", say("you"));
    tile.className = "selfview";
    return tile;
  }

  remove(id) {
    this.#tiles.get(id)?.remove();
    this.#tiles.delete(id);
  }

  /** Let the button of a device switch it: `toggle` gives whether it is on now. */
  bind(name, toggle) {
    const button = buttonOf(name);
    const press = async () => {
      button.disabled = true; // a second press would ask for the device twice
      const isOn = await toggle();
      button.disabled = false;
      button.focus();
      this.show(name, isOn);
      if (name !== "screen") document.querySelector("[data-announce]").textContent = say(`${name}_${isOn ? "on" : "off"}`);
    };
    button?.addEventListener("click", press, { signal: this.#listening.signal });
  }

  /** The button says what a press will do; from now on it can be pressed. */
  show(name, isOn) {
    const button = buttonOf(name);
    if (!button) return;
    button.disabled = false;
    for (const face of button.querySelectorAll("[data-face]")) face.hidden = face.dataset.face !== (isOn ? "on" : "off");
  }

  /** The service, or this browser, cannot share a screen. */
  withoutScreen() {
    buttonOf("screen")?.remove();
  }

  close() {
    this.#listening.abort();
    for (const button of document.querySelectorAll("[data-device]")) button.disabled = true;
    for (const id of [...this.#tiles.keys()]) this.remove(id);
  }
}

function buttonOf(name) {
  return document.querySelector(`[data-device="${name}"]`);
}
