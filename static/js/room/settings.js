// The dialog "Settings": which devices, how much picture, shortcuts on or off.

import { recall, remember } from "./memory.js";
import { say } from "./page.js";

const KINDS = { microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" };

export class Settings {
  #dialog;
  #media;
  #stage;

  constructor(dialog, { media, stage, thrift }) {
    this.#dialog = dialog;
    this.#media = media;
    this.#stage = stage;
    if (!("setSinkId" in HTMLMediaElement.prototype)) this.#field("speaker").remove();
    for (const select of dialog.querySelectorAll("[data-choose]"))
      select.addEventListener("change", () => this.#choose(select.dataset.choose, select.value));
    for (const radio of dialog.querySelectorAll("[name=level]"))
      radio.addEventListener("change", () => thrift.choose(radio.value));
    thrift.addEventListener("level", ({ detail }) => this.#mark(detail));
    media.addEventListener("change", () => this.#list()); // names come with the permission
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#list());
    stage.useSpeaker(recall("speaker") ?? "");
  }

  async #choose(name, deviceId) {
    if (name !== "speaker") return this.#media.choose(name, deviceId);
    remember(name, deviceId);
    this.#stage.useSpeaker(deviceId);
  }

  #field(name) {
    return this.#dialog.querySelector(`[data-field="${name}"]`);
  }

  async #list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    for (const select of this.#dialog.querySelectorAll("[data-choose]")) {
      const name = select.dataset.choose;
      const own = devices.filter((device) => device.kind === KINDS[name] && device.deviceId);
      const used = this.#media[name]?.getSettings().deviceId ?? recall(name);
      select.replaceChildren(...own.map((device, at) => this.#option(device, at, device.deviceId === used)));
      select.disabled = own.length === 0;
    }
  }

  #option({ label, deviceId }, at, isUsed) {
    return new Option(label || say("device", { number: at + 1 }), deviceId, isUsed, isUsed);
  }

  #mark({ level, isChosen }) {
    this.#dialog.querySelector(`[name=level][value="${isChosen ? level : "auto"}"]`).checked = true;
  }
}
