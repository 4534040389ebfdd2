// A room on the clinic's LiveKit server: its script carries picture and sound, the stage is ours.

import "../../vendor/livekit-client/2.23.0/livekit-client.umd.mjs";
import { Booth, factsOf } from "./booth.js";

const { DisconnectReason, Room, RoomEvent, Track, setLogLevel } = globalThis.LivekitClient;
const FOR_GOOD = [
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.DUPLICATE_IDENTITY,
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.ROOM_DELETED,
];
const TRY_AGAIN_MS = 3000;

setLogLevel("warn");

export async function enter(place, entry) {
  const visit = new LiveKitRoom(place, entry);
  await visit.connect();
  await visit.start(factsOf(entry));
  return visit;
}

class LiveKitRoom {
  #booth;
  #entry;
  #room = new Room({ adaptiveStream: true, dynacast: true });
  #retry = 0;
  #hasBeenIn = false;

  constructor(place, entry) {
    this.#booth = new Booth(place);
    this.#entry = entry;
    this.#room.on(RoomEvent.TrackSubscribed, (track, _publication, who) => this.#show(track, who));
    this.#room.on(RoomEvent.TrackUnsubscribed, (track, _publication, who) => this.#hide(track, who));
    this.#room.on(RoomEvent.TrackMuted, (publication, who) => this.#mark(publication, who, true));
    this.#room.on(RoomEvent.TrackUnmuted, (publication, who) => this.#mark(publication, who, false));
    this.#room.on(RoomEvent.LocalTrackPublished, ({ track }) => this.#showMine(track));
    this.#room.on(RoomEvent.ParticipantConnected, (who) => this.#booth.tile(who.identity, who.name));
    this.#room.on(RoomEvent.ParticipantDisconnected, (who) => this.#forget(who));
    this.#room.on(RoomEvent.Disconnected, (reason) => this.#comeBack(reason));
  }

  async connect() {
    await this.#room.connect(this.#entry.url.split("#")[0], this.#entry.token);
    this.#hasBeenIn = true;
    for (const who of this.#room.remoteParticipants.values()) this.#booth.tile(who.identity, who.name);
  }

  /** Devices that cannot be had are off; the buttons ask for them again. */
  async start({ muted, camera_off }) {
    const me = this.#room.localParticipant;
    if (!muted) await me.setMicrophoneEnabled(true).catch((error) => console.warn("microphone", error));
    if (!camera_off) await me.setCameraEnabled(true).catch((error) => console.warn("camera", error));
    this.#bind("microphone", "isMicrophoneEnabled", "setMicrophoneEnabled");
    this.#bind("camera", "isCameraEnabled", "setCameraEnabled");
    if (navigator.mediaDevices?.getDisplayMedia) this.#bind("screen", "isScreenShareEnabled", "setScreenShareEnabled");
    else this.#booth.withoutScreen();
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

  #bind(name, state, set) {
    const me = this.#room.localParticipant;
    const toggle = async () => {
      await me[set](!me[state]);
      if (name === "camera") this.#booth.mine.querySelector("video").hidden = !me[state];
      return me[state];
    };
    this.#booth.bind(name, toggle, { isOn: me[state] });
  }

  #tileOf(track, who) {
    const isScreen = track.source === Track.Source.ScreenShare;
    const tile = this.#booth.tile(isScreen ? `${who.identity}-screen` : who.identity, who.name);
    tile.classList.toggle("tile-screen", isScreen);
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
    if (track.source !== Track.Source.Camera) return;
    const video = this.#booth.mine.querySelector("video");
    track.attach(video);
    video.hidden = false;
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
