// This person's microphone, camera and shared screen, as tracks that may each be absent.
// Event: "change", whenever a track comes, goes or is muted.

const MICROPHONE = { echoCancellation: true, noiseSuppression: true };
const CAMERA = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
const SCREEN = { video: { frameRate: { ideal: 10 } }, audio: false };

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
  /** What could not be had, and why: {camera: "denied"}. */
  problems = {};
  /** Names the tracks as one stream, so that the other side plays them in step. */
  stream = new MediaStream();

  get state() {
    return {
      microphone: Boolean(this.microphone?.enabled),
      camera: Boolean(this.camera),
      screen: Boolean(this.screen),
      pictures: true,
    };
  }

  /** Ask for both devices; where that fails, for each alone: sound only and listening only are fine. */
  async start() {
    try {
      const stream = await this.#ask({ audio: MICROPHONE, video: CAMERA });
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
    const wanted = name === "microphone" ? { audio: MICROPHONE } : { video: CAMERA };
    try {
      const stream = await this.#ask(wanted);
      this.#take(name, stream.getTracks()[0]);
    } catch (error) {
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

  #ask(wanted) {
    // Absent on a page that came over plain HTTP.
    if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
    return navigator.mediaDevices.getUserMedia(wanted);
  }

  #take(name, track) {
    this[name] = track;
    delete this.problems[name];
    // Unplugged, or "Stop sharing" in the browser's own bar.
    track.addEventListener("ended", () => {
      if (this[name] !== track) return;
      this.#drop(name);
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
