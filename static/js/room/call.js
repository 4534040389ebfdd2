// Everybody else in the room: a Peer for each, made, repaired and dropped as the socket tells.
// Events: "joined", "left" (detail: peer), "track", "state", "connection" (detail adds peer), "blocked".

import { Peer } from "./peer.js";

const MOST_REBUILDS = 5;
const LONGER_EACH_TIME_MS = 2000;

export class Call extends EventTarget {
  #socket;
  #media;
  #me = null;
  #iceServers = [];
  #peers = new Map();
  #present = new Set();
  #rebuilds = 0;

  constructor(socket, media) {
    super();
    this.#socket = socket;
    this.#media = media;
    media.addEventListener("change", () => this.#peers.forEach((peer) => peer.share()));
    socket.addEventListener("down", () => this.#present.clear());
  }

  get isEmpty() {
    return this.#peers.size === 0;
  }

  /** Take one message of the socket; those that are not about other people are left alone. */
  take(message) {
    switch (message.type) {
      case "admitted":
        this.#me = message.you;
        this.#iceServers = message.ice_servers;
        break;
      case "peer-joined":
        this.#meet(message.who, { offers: false });
        break;
      case "peer-here":
        this.#meet(message.who, { offers: true });
        break;
      case "peer-left":
        this.#present.delete(message.peer);
        // Without a goodbye the picture may well go on: the connection itself will tell.
        if (message.clean) this.#drop(message.peer);
        break;
      case "signal":
        this.#signalled(message.from, message.data);
    }
  }

  hangUp() {
    for (const id of [...this.#peers.keys()]) this.#drop(id);
  }

  #meet(who, { offers }) {
    this.#present.add(who.peer);
    for (const { who: other } of this.#peers.values())
      if (other.participant === who.participant && other.peer !== who.peer) this.#drop(other.peer); // a reloaded page
    const known = this.#peers.get(who.peer);
    if (known) known.resume();
    else this.#connect(who, offers);
  }

  #connect(who, offers) {
    const peer = new Peer(who, {
      offers,
      polite: this.#isPoliteTo(who),
      iceServers: this.#iceServers,
      media: this.#media,
      send: (data) => this.#socket.send({ type: "signal", to: who.peer, data }),
      patience: this.#rebuilds * LONGER_EACH_TIME_MS,
    });
    this.#peers.set(who.peer, peer);
    peer.addEventListener("stuck", () => this.#rebuild(peer));
    for (const type of ["track", "state", "connection"])
      peer.addEventListener(type, ({ detail }) => this.#emit(type, { peer, value: detail }));
    peer.addEventListener("connection", () => peer.isConnected && (this.#rebuilds = 0));
    this.#emit("joined", peer);
  }

  #isPoliteTo(who) {
    if (who.role === this.#me.role) return this.#me.peer > who.peer;
    return this.#me.role !== "doctor";
  }

  #signalled(from, data) {
    const peer = this.#peers.get(from);
    if (!peer) return;
    if (!data.reset) return peer.take(data);
    this.#drop(from);
    this.#connect(peer.who, false);
  }

  /** Last resort, by the impolite side while both are on the socket: fresh connections on both sides. */
  #rebuild(peer) {
    if (peer.polite || !this.#present.has(peer.who.peer)) return;
    if (++this.#rebuilds > MOST_REBUILDS) return this.#emit("blocked", peer);
    this.#socket.send({ type: "signal", to: peer.who.peer, data: { reset: true } });
    this.#drop(peer.who.peer);
    this.#connect(peer.who, true);
  }

  #drop(id) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#peers.delete(id);
    peer.close();
    this.#emit("left", peer);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
