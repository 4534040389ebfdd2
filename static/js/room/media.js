// This person's microphone, camera and shared screen, as tracks that may each be absent.
// Event: "change", whenever a track comes, goes or is muted.

import { recall, remember } from "./memory.js";

const WISHES = {
  microphone: { echoCancellation: true, noiseSuppression: true },
  camera: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
};
const SCREEN = { video: { frameRate: { ideal: 10 } }, audio: false };

/** What is asked of the browser: the device that was chosen before, or any. */
function wanted(name) {
  const deviceId = recall(name);
  return deviceId ? { ...WISHES[name], deviceId: { exact: deviceId } } : WISHES[name];
}

/** Why a device cannot be had, as a key of the page's words: "denied", "missing" or "busy". */
function reason(error) {
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "denied";
  if (["NotFoundError", "OverconstrainedError"].includes(error.name)) return "missing";
  return "busy";
}

export class LocalMedia extends EventTarget {
  microphone = null;
  camera = null;
  screen = null;
  /** How much picture is sent and wanted: "full", "saving" or "sound" (none). */
  level = "full";
  /** What could not be had, and why: {camera: "denied"}. */
  problems = {};
  /** Names the tracks as one stream, so that the other side plays them in step. */
  stream = new MediaStream();

  get state() {
    return {
      microphone: Boolean(this.microphone?.enabled),
      camera: Boolean(this.camera),
      screen: Boolean(this.screen),
    };
  }

  get wantsPictures() {
    return this.level !== "sound";
  }

  setLevel(level) {
    this.level = level;
    this.#changed();
  }

  /** Ask for both devices; where that fails, for each alone: sound only and listening only are fine. */
  async start() {
    try {
      const stream = await this.#ask({ audio: wanted("microphone"), video: wanted("camera") });
      this.#take("microphone", stream.getAudioTracks()[0]);
      this.#take("camera", stream.getVideoTracks()[0]);
    } catch {
      await this.#takeOne("microphone");
      await this.#takeOne("camera");
    }
    this.#changed();
  }

  async toggleMicrophone() {
    if (this.microphone) this.microphone.enabled = !this.microphone.enabled;
    else await this.#takeOne("microphone");
    this.#changed();
  }

  /** The camera is let go when it is off, so that its light goes out. */
  async toggleCamera() {
    if (this.camera) this.#drop("camera");
    else await this.#takeOne("camera");
    this.#changed();
  }

  /** Take another microphone or camera, from now on and the next time. */
  async choose(name, deviceId) {
    remember(name, deviceId);
    if (!this[name]) return;
    const isMuted = !this[name].enabled;
    this.#drop(name); // some systems give a camera to one user only, and that includes us
    await this.#takeOne(name);
    if (isMuted && this[name]) this[name].enabled = false;
    this.#changed();
  }

  async toggleScreen() {
    if (this.screen) this.#drop("screen");
    else await this.#takeScreen();
    this.#changed();
  }

  stop() {
    for (const name of ["microphone", "camera", "screen"]) this.#drop(name);
    this.#changed();
  }

  async #takeOne(name) {
    try {
      const stream = await this.#ask({ [name === "microphone" ? "audio" : "video"]: wanted(name) });
      this.#take(name, stream.getTracks()[0]);
    } catch (error) {
      if (error.name === "OverconstrainedError" && recall(name)) {
        remember(name, ""); // the chosen one is no longer there: any will do
        return this.#takeOne(name);
      }
      this.problems[name] = reason(error);
    }
  }

  async #takeScreen() {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(SCREEN);
      this.#take("screen", stream.getVideoTracks()[0]);
    } catch (error) {
      if (error.name !== "NotAllowedError") throw error; // the person chose not to, after all
    }
  }

  #ask(wishes) {
    // Absent on a page that came over plain HTTP.
    if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
    return navigator.mediaDevices.getUserMedia(wishes);
  }

  #take(name, track) {
    this[name] = track;
    delete this.problems[name];
    // Unplugged, taken by another program, or "Stop sharing" in the browser's own bar.
    track.addEventListener("ended", () => {
      if (this[name] !== track) return;
      this.#drop(name);
      if (name !== "screen") this.problems[name] = "stopped";
      this.#changed();
    });
  }

  #drop(name) {
    this[name]?.stop();
    this[name] = null;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
