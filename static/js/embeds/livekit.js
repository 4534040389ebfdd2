// A room on the clinic's LiveKit server: its script carries picture and sound, the stage is ours.

import "../../vendor/livekit-client/2.23.0/livekit-client.umd.mjs";
import { Booth, factsOf } from "./booth.js";

const { DisconnectReason, Room, RoomEvent, Track, setLogLevel } = globalThis.LivekitClient;
const FOR_GOOD = [
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.DUPLICATE_IDENTITY,
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.ROOM_DELETED,
  DisconnectReason.ROOM_CLOSED,
];
const DEVICES = {
  microphone: ["isMicrophoneEnabled", "setMicrophoneEnabled"],
  camera: ["isCameraEnabled", "setCameraEnabled"],
  screen: ["isScreenShareEnabled", "setScreenShareEnabled"],
};
const TRY_AGAIN_MS = 3000;

setLogLevel("warn");

export async function enter(place, entry) {
  const visit = new LiveKitRoom(place, entry);
  await visit.connect();
  return visit;
}

class LiveKitRoom {
  #booth;
  #entry;
  #room = new Room({ adaptiveStream: true, dynacast: true });
  #wanted;
  #hasBeenIn = false;
  #retry = 0;

  constructor(place, entry) {
    const { muted, camera_off: dark } = factsOf(entry);
    this.#booth = new Booth(place);
    this.#entry = entry;
    this.#wanted = { microphone: !muted, camera: !dark };
    this.#listen();
    for (const name of Object.keys(DEVICES)) this.#bind(name);
    if (!navigator.mediaDevices?.getDisplayMedia) this.#booth.withoutScreen();
  }

  async connect() {
    await this.#room.connect(this.#entry.url.split("#")[0], this.#entry.token);
    this.#hasBeenIn = true;
    for (const who of this.#room.remoteParticipants.values()) this.#booth.tile(who.identity, who.name);
    for (const name of ["microphone", "camera"]) await this.#switch(name, this.#wanted[name]);
    this.#booth.show("screen", false);
  }

  /** A fresh entry, for when the line breaks. */
  renew(entry) {
    this.#entry = entry;
  }

  async leave() {
    clearTimeout(this.#retry);
    this.#booth.close();
    await this.#room.disconnect();
  }

  #listen() {
    const room = this.#room;
    room.on(RoomEvent.TrackSubscribed, (track, _publication, who) => this.#show(track, who));
    room.on(RoomEvent.TrackUnsubscribed, (track, _publication, who) => this.#hide(track, who));
    room.on(RoomEvent.TrackMuted, (publication, who) => this.#mark(publication, who, true));
    room.on(RoomEvent.TrackUnmuted, (publication, who) => this.#mark(publication, who, false));
    room.on(RoomEvent.LocalTrackPublished, ({ track }) => this.#showMine(track));
    room.on(RoomEvent.LocalTrackUnpublished, ({ source }) => isScreen(source) && this.#booth.show("screen", false));
    room.on(RoomEvent.ParticipantConnected, (who) => this.#booth.tile(who.identity, who.name));
    room.on(RoomEvent.ParticipantDisconnected, (who) => this.#forget(who));
    room.on(RoomEvent.Disconnected, (reason) => this.#comeBack(reason));
  }

  #bind(name) {
    this.#booth.bind(name, async () => {
      const isWanted = !this.#room.localParticipant[DEVICES[name][0]];
      this.#wanted[name] = isWanted;
      return this.#switch(name, isWanted);
    });
  }

  /** Gives whether it is on now: a device that cannot be had stays off, and its button asks for it again. */
  async #switch(name, isWanted) {
    const [state, set] = DEVICES[name];
    const me = this.#room.localParticipant;
    await me[set](isWanted).catch((error) => console.warn(name, error));
    if (name === "camera") this.#booth.mine.querySelector("video").hidden = !me[state];
    this.#booth.show(name, me[state]);
    return me[state];
  }

  #tileOf(track, who) {
    const id = isScreen(track.source) ? `${who.identity}-screen` : who.identity;
    const tile = this.#booth.tile(id, who.name);
    tile.classList.toggle("tile-screen", isScreen(track.source));
    return tile;
  }

  #show(track, who) {
    const element = this.#tileOf(track, who).querySelector(track.kind);
    track.attach(element);
    element.hidden = false;
  }

  #hide(track, who) {
    for (const element of track.detach()) element.hidden = true;
    if (track.source === Track.Source.ScreenShare) this.#booth.remove(`${who.identity}-screen`);
  }

  #mark({ track, source }, who, isMuted) {
    if (who.isLocal || !track) return;
    const tile = this.#tileOf(track, who);
    if (source === Track.Source.Microphone) tile.querySelector("[data-muted]").hidden = !isMuted;
    if (source === Track.Source.Camera) tile.querySelector("video").hidden = isMuted;
  }

  #showMine(track) {
    if (track.source === Track.Source.Camera) track.attach(this.#booth.mine.querySelector("video"));
  }

  #forget({ identity }) {
    this.#booth.remove(identity);
    this.#booth.remove(`${identity}-screen`);
  }

  #comeBack(reason) {
    if (!this.#hasBeenIn || FOR_GOOD.includes(reason)) return;
    this.#retry = setTimeout(() => this.connect().catch(() => this.#comeBack()), TRY_AGAIN_MS);
  }
}

function isScreen(source) {
  return [Track.Source.ScreenShare, Track.Source.ScreenShareAudio].includes(source);
}
