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

  /** The service, or this browser, cannot share a screen. */
  withoutScreen() {
    document.querySelector('[data-device="screen"]')?.remove();
  }

  /** Let the button of a device switch it: `toggle` gives whether it is on now. */
  bind(name, toggle, { isOn }) {
    const button = document.querySelector(`[data-device="${name}"]`);
    button.disabled = false;
    show(button, isOn);
    const press = async () => {
      button.disabled = true; // a second press would ask for the device twice
      const isNowOn = await toggle().catch(() => null);
      button.disabled = false;
      button.focus();
      if (isNowOn === null) return;
      show(button, isNowOn);
      if (name !== "screen") document.querySelector("[data-announce]").textContent = say(`${name}_${isNowOn ? "on" : "off"}`);
    };
    button.addEventListener("click", press, { signal: this.#listening.signal });
  }

  close() {
    this.#listening.abort();
    for (const button of document.querySelectorAll("[data-device]")) button.disabled = true;
    for (const id of [...this.#tiles.keys()]) this.remove(id);
  }
}

function show(button, isOn) {
  for (const face of button.querySelectorAll("[data-face]")) face.hidden = face.dataset.face !== (isOn ? "on" : "off");
}
