// A session at OpenTok or Vonage Video: their script, which only they may hand out, carries picture and sound.

import { Booth, factsOf } from "./booth.js";

const TRY_AGAIN_MS = 3000;

export async function enter(place, entry) {
  const facts = factsOf(entry);
  await load(entry.url.split("#")[0], facts.integrity);
  const visit = new OpenTokRoom(place, entry, facts);
  await visit.connect();
  return visit;
}

/** Run the service's script once; with `integrity` only if it is the release that we know. */
function load(address, integrity) {
  if (globalThis.OT) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    if (integrity) Object.assign(script, { integrity, crossOrigin: "anonymous" });
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("the service's script does not load")));
    script.src = address;
    document.head.append(script);
  });
}

class OpenTokRoom {
  #booth;
  #entry;
  #facts;
  #session;
  #publisher = null;
  #isIn = false;
  #retry = 0;

  constructor(place, entry, facts) {
    this.#booth = new Booth(place);
    this.#booth.withoutScreen();
    this.#entry = entry;
    this.#facts = facts;
    this.#session = globalThis.OT.initSession(facts.project, facts.session);
    this.#session.on("streamCreated", ({ stream }) => this.#show(stream));
    this.#session.on("streamDestroyed", ({ stream }) => this.#booth.remove(stream.streamId));
    this.#session.on("streamPropertyChanged", ({ stream }) => this.#mark(stream));
    this.#session.on("sessionDisconnected", () => this.#comeBack());
  }

  async connect() {
    await done((callback) => this.#session.connect(this.#entry.token, callback));
    this.#isIn = true;
    this.#publish();
  }

  /** A fresh entry, for when the line breaks. */
  renew(entry) {
    this.#entry = entry;
  }

  leave() {
    this.#isIn = false;
    clearTimeout(this.#retry);
    this.#booth.close();
    this.#publisher?.destroy();
    this.#session.disconnect();
  }

  /** Devices that cannot be had are left out; who has none still sees and hears. */
  #publish() {
    const sends = { audio: !this.#facts.muted, video: !this.#facts.camera_off };
    const wishes = { insertDefaultUI: false, name: this.#facts.name, publishAudio: sends.audio, publishVideo: sends.video };
    const publisher = globalThis.OT.initPublisher(null, wishes, (error) => error && console.warn("devices", error));
    publisher.on("videoElementCreated", ({ element }) => put(this.#booth.mine, element));
    this.#session.publish(publisher, (error) => error && console.warn("publish", error));
    this.#bind("microphone", sends.audio, (isOn) => publisher.publishAudio(isOn));
    this.#bind("camera", sends.video, (isOn) => publisher.publishVideo(isOn));
    this.#publisher = publisher;
  }

  #bind(name, isOn, set) {
    let state = isOn;
    const toggle = async () => {
      state = !state;
      set(state);
      return state;
    };
    this.#booth.bind(name, toggle);
    this.#booth.show(name, isOn);
  }

  #show(stream) {
    const tile = this.#booth.tile(stream.streamId, stream.name);
    tile.classList.toggle("tile-screen", stream.videoType === "screen");
    const subscriber = this.#session.subscribe(stream, { insertDefaultUI: false }, (error) => error && console.warn("subscribe", error));
    subscriber.on("videoElementCreated", ({ element }) => put(tile, element));
    this.#mark(stream);
  }

  #mark(stream) {
    if (stream.connection.connectionId === this.#session.connection?.connectionId) return;
    const tile = this.#booth.tile(stream.streamId, stream.name);
    tile.querySelector("[data-muted]").hidden = stream.hasAudio;
    tile.querySelector("video").hidden = !stream.hasVideo;
  }

  /** The session is the same, its people and pictures are made anew. */
  #comeBack() {
    if (!this.#isIn) return;
    this.#booth.close();
    this.#booth = new Booth(this.#booth.place);
    this.#retry = setTimeout(() => this.connect().catch(() => this.#comeBack()), TRY_AGAIN_MS);
  }
}

/** The service makes the video element itself; it takes the place of ours. */
function put(tile, element) {
  tile.querySelector("video").replaceWith(element);
}

function done(call) {
  return new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
}
