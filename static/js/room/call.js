// Everybody else in the room: a Peer for each, made, repaired and dropped as the socket tells.
// Events: "peer" (detail: a new Peer); "joined", "left", "lost", "long-lost", "back" (detail: who); "blocked".

import { Peer } from "./peer.js";

const MOST_REBUILDS = 5;
const LONGER_EACH_TIME_MS = 2000;
const LONG_LOST_MS = 20_000;
const GONE_MS = 60_000;
const AWAY = ["disconnected", "failed"];

export class Call extends EventTarget {
  #socket;
  #media;
  #me = null;
  #iceServers = [];
  #peers = new Map(); // by peer name
  #present = new Set(); // peer names that are on the socket now
  #lost = new Map(); // participant -> timer, while their connection is away
  #rebuilds = 0;
  #renewal = 0;

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

  /** How the connections are, the worst first: "reconnecting", "connecting" or "connected". */
  get line() {
    const states = [...this.#peers.values()].map((peer) => peer.connection.connectionState);
    if (this.#lost.size || states.some((state) => AWAY.includes(state))) return "reconnecting";
    return states.every((state) => state === "connected") ? "connected" : "connecting";
  }

  /** Take one message of the socket; those that are not about other people are left alone. */
  take(message) {
    switch (message.type) {
      case "admitted":
        this.#me = message.you;
        this.#renew(message);
        break;
      case "relays":
        this.#renew(message);
        break;
      case "times": // the visit may go longer than the credentials were made for
        this.#socket.send({ type: "relays" });
        break;
      case "peer-joined":
        this.#meet(message.who, false);
        break;
      case "peer-here":
        this.#meet(message.who, true);
        break;
      case "peer-left":
        this.#present.delete(message.peer);
        // Without a goodbye the picture may well go on: the connection itself will tell.
        if (message.clean) this.#lose(message.peer);
        break;
      case "signal":
        this.#signalled(message.from, message.data);
    }
  }

  get peers() {
    return [...this.#peers.values()];
  }

  hangUp() {
    clearTimeout(this.#renewal);
    for (const id of [...this.#peers.keys()]) this.#lose(id);
  }

  /** Media servers whose credentials are fresh; asked for again before they run out. */
  #renew({ ice_servers, renew_in }) {
    this.#iceServers = ice_servers;
    for (const peer of this.peers) peer.renew(ice_servers);
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => this.#socket.send({ type: "relays" }), renew_in);
  }

  /** Somebody is on the socket. The newcomer of the two, who hears "peer-here", makes the offer. */
  #meet(who, offers) {
    this.#present.add(who.peer);
    const before = [...this.#peers.values()].find((peer) => peer.who.participant === who.participant);
    if (before?.who.peer === who.peer) return before.resume();
    if (before) this.#drop(before); // their page was loaded anew, or they moved to another device
    this.#connect(who, offers);
    if (!before) this.#emit("joined", who);
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
    peer.addEventListener("connection", () => this.#watch(peer));
    this.#emit("peer", peer);
  }

  /** The doctor never gives way; among others, the larger name does. */
  #isPoliteTo(who) {
    const iAmDoctor = this.#me.role === "doctor";
    return iAmDoctor === (who.role === "doctor") ? this.#me.peer > who.peer : !iAmDoctor;
  }

  #signalled(from, data) {
    const peer = this.#peers.get(from);
    if (!peer) return;
    if (!data.reset && !peer.isOutdatedBy(data)) return peer.take(data);
    this.#drop(peer); // the reset itself may have been lost with a socket
    this.#connect(peer.who, false);
    if (data.description) this.#peers.get(from).take(data);
  }

  #watch(peer) {
    const { who } = peer;
    const isLost = this.#lost.has(who.participant);
    if (peer.isConnected) this.#rebuilds = 0;
    if (AWAY.includes(peer.connection.connectionState) && !isLost) {
      this.#lost.set(who.participant, setTimeout(() => this.#emit("long-lost", who), LONG_LOST_MS));
      this.#emit("lost", who);
    }
    if (peer.isConnected && isLost) {
      this.#find(who);
      this.#emit("back", who);
    }
  }

  /** Last resort, by the impolite side while both are on the socket: fresh connections on both sides. */
  #rebuild(peer) {
    if (!this.#present.has(peer.who.peer)) {
      if (this.#socket.isOpen && peer.awayForMs > GONE_MS) this.#lose(peer.who.peer);
      return;
    }
    if (peer.polite) return;
    if (++this.#rebuilds > MOST_REBUILDS) return this.#emit("blocked");
    this.#socket.send({ type: "signal", to: peer.who.peer, data: { reset: true } });
    this.#drop(peer);
    this.#connect(peer.who, true);
  }

  #lose(id) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#drop(peer);
    this.#find(peer.who);
    this.#emit("left", peer.who);
  }

  /** No longer lost. */
  #find(who) {
    clearTimeout(this.#lost.get(who.participant));
    this.#lost.delete(who.participant);
  }

  #drop(peer) {
    this.#peers.delete(peer.who.peer);
    peer.close();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
