// The picture, sound and name of one other participant; and a second picture while they share their screen.

import { say } from "./page.js";

const TITLE = /^(dr|prof|mr|mrs|ms|miss)\.?$/i;
const AWAY = ["disconnected", "failed"];

export function initials(name) {
  const words = name.split(/\s+/).filter((word) => word && !TITLE.test(word));
  return [words[0], ...words.slice(1).slice(-1)].map((word) => (word ?? "")[0] ?? "").join("").toUpperCase();
}

export function figure(name) {
  const element = document.getElementById("room-tile").content.firstElementChild.cloneNode(true);
  element.querySelector("[data-name]").textContent = name;
  return element;
}

export class Tile {
  #stage;
  #screen = null;
  #peer = null;
  #tracks = {};
  #state = { microphone: true, camera: true, screen: false };

  /** @param onSilenced called with the audio element when the browser wants a press before it plays sound */
  constructor(stage, who, onSilenced) {
    this.#stage = stage;
    this.who = who;
    this.onSilenced = onSilenced;
    this.element = figure(who.name);
    this.element.querySelector("[data-initials]").textContent = initials(who.name);
    stage.prepend(this.element);
  }

  /** Show what comes over `peer`: the first connection to this person, or a fresh one. */
  follow(peer) {
    this.#peer = peer;
    this.#tracks = {};
    const mine = (action) => (event) => this.#peer === peer && action(event.detail);
    peer.addEventListener("track", mine(({ name, track }) => this.#take(name, track)));
    peer.addEventListener("state", mine((state) => this.#show(state)));
    peer.addEventListener("connection", mine((state) => this.#note(state)));
    this.#note("connecting");
  }

  /** A device that is gone leaves the sound where it was. */
  useSpeaker(deviceId) {
    this.element.querySelector("audio").setSinkId?.(deviceId).catch((error) => console.warn("speaker", error));
  }

  grade(grade) {
    this.element.dataset.grade = grade;
    this.element.querySelector("[data-grade-words]").textContent = say(`grade_${grade}`);
  }

  remove() {
    this.#peer = null;
    this.#screen?.remove();
    this.element.remove();
  }

  #take(name, track) {
    this.#tracks[name] = track;
    if (name === "microphone") this.#play(track);
    if (name === "camera") this.element.querySelector("video").srcObject = new MediaStream([track]);
    this.#show(this.#state);
  }

  #play(track) {
    const audio = this.element.querySelector("audio");
    audio.srcObject = new MediaStream([track]);
    audio.play().catch((error) => error.name === "NotAllowedError" && this.onSilenced(audio));
  }

  #show(state) {
    this.#state = state;
    this.element.querySelector("video").hidden = !(state.camera && this.#tracks.camera);
    this.element.querySelector("[data-muted]").hidden = state.microphone;
    this.#showScreen(state.screen && this.#tracks.screen);
  }

  #showScreen(track) {
    if (!track) {
      this.#screen?.remove();
      this.#screen = null;
      return;
    }
    if (!this.#screen) {
      this.#screen = figure(say("screen", { name: this.who.name }));
      this.#screen.classList.add("tile-screen");
      this.#screen.querySelector("audio").remove();
      this.#stage.prepend(this.#screen);
    }
    const video = this.#screen.querySelector("video");
    if (video.srcObject?.getTracks()[0] !== track) video.srcObject = new MediaStream([track]);
    video.hidden = false;
  }

  #note(state) {
    this.element.dataset.line = state;
    const key = AWAY.includes(state) ? "reconnecting" : "connecting";
    this.element.querySelector("[data-note]").textContent = state === "connected" ? "" : say(key);
  }
}
