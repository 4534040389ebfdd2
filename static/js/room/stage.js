// Everybody on the stage: a tile for each other person, and oneself in the corner.

import { Tile } from "./tile.js";

export class Stage {
  #element;
  #page;
  #tiles = new Map();
  #speaker = "";

  constructor(element, page, media) {
    this.#element = element;
    this.#page = page;
    media.addEventListener("change", () => this.#showSelf(media));
    const unlock = page.find("[data-unlock]");
    unlock.addEventListener("click", () => {
      unlock.hidden = true;
      for (const audio of element.querySelectorAll("audio")) audio.play();
    });
  }

  /** A connection to somebody, new on the stage or known from a connection before. */
  show(peer) {
    const { who } = peer;
    if (!this.#tiles.has(who.participant)) this.#tiles.set(who.participant, this.#newTile(who));
    this.#tiles.get(who.participant).follow(peer);
    this.#count();
  }

  /** Play everybody's sound on this device; the empty name is the browser's own choice. */
  useSpeaker(deviceId) {
    this.#speaker = deviceId;
    for (const tile of this.#tiles.values()) tile.useSpeaker(deviceId);
  }

  grade(who, grade) {
    this.#tiles.get(who.participant)?.grade(grade);
  }

  remove(who) {
    this.#tiles.get(who.participant)?.remove();
    this.#tiles.delete(who.participant);
    this.#count();
  }

  #newTile(who) {
    const tile = new Tile(this.#element, who, () => (this.#page.find("[data-unlock]").hidden = false));
    tile.useSpeaker(this.#speaker);
    return tile;
  }

  #count() {
    this.#page.find("[data-alone]").toggleAttribute("data-company", this.#tiles.size > 0);
  }

  #showSelf(media) {
    const corner = this.#page.find("[data-self]");
    const video = corner.querySelector("video");
    corner.hidden = !(media.camera || media.microphone);
    video.hidden = !media.camera;
    if (video.srcObject?.getTracks()[0] !== media.camera) video.srcObject = media.camera && new MediaStream([media.camera]);
  }
}
