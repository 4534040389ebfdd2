// The signalling socket of a visit: dials, greets, keeps alive and redials by itself.
// Events: "up", "down", "message" (detail: the message), "closed" (detail: {reason}; for good).

const OPEN_WITHIN_MS = 3000; // a SYN in back-off would hold a reconnect for 10 s and more
const BUSY_OPENS_WITHIN_MS = 10_000; // one try in four: a server that everybody dials at once takes longer
const PING_EVERY_MS = 5000; // a dead network gives no close event for minutes
const SILENCE_MS = 12000;
const PROBE_MS = 2000;
const ASLEEP_MS = 20_000;
const REDIALS_MS = [0, 250, 500]; // the first at once
const STEADY_REDIAL_MS = 1000;
const SLOW_REDIAL_MS = 3000; // when the server has been away for long
const STEADY_REDIALS = 30;

/** A name for this load of the page, so that the others can tell it from the one before. */
export function newPeerName() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class SignallingSocket extends EventTarget {
  #path;
  #greeting;
  #socket = null;
  #redial = 0;
  #attempt = 0;
  #pingSentAt = null;
  #done = false;

  constructor(path, greeting) {
    super();
    this.#path = path;
    this.#greeting = greeting;
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  dial() {
    const address = new URL(this.#path, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = (this.#socket = new WebSocket(address));
    setTimeout(() => socket.readyState === WebSocket.CONNECTING && socket.close(), this.#patience);
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => this.#received(socket, JSON.parse(event.data)));
    socket.addEventListener("close", ({ code, reason }) => this.#lost(socket, code, reason));
  }

  /** Whether the message left. Nothing is queued: what matters is said again after "up". */
  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
    return this.isOpen;
  }

  /** Ask whether the socket still lives, since something else says that the line is broken. */
  doubt() {
    if (this.isOpen) this.#probe(this.#socket);
  }

  /** The network or the laptop is back: dial at once, also where a call is stuck in the time before. */
  wake() {
    if (this.#done) return;
    if (this.isOpen) return this.#probe(this.#socket);
    const stuck = this.#socket;
    clearTimeout(this.#redial);
    this.#attempt = 0;
    this.dial();
    stuck?.close();
  }

  /** Say goodbye and stay away. */
  leave() {
    this.send({ type: "bye" });
    this.#finish();
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#pingSentAt = null;
    this.send(this.#greeting);
    this.#keepAlive(socket);
    this.dispatchEvent(new Event("up"));
  }

  #received(socket, message) {
    if (socket !== this.#socket) return;
    if (message.type === "pong") this.#pingSentAt = null;
    else this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #keepAlive(socket) {
    let lastAt = Date.now();
    const timer = setInterval(() => {
      if (socket !== this.#socket || !this.isOpen) return clearInterval(timer);
      if (Date.now() - lastAt > ASLEEP_MS) this.wake();
      lastAt = Date.now();
      this.#attempt = 0; // only now: a server that opens and closes again is not dialled at once
      if (this.#pingSentAt === null) {
        this.#pingSentAt = performance.now();
        return this.send({ type: "ping" });
      }
      if (performance.now() - this.#pingSentAt > SILENCE_MS) this.#giveUp(socket);
    }, PING_EVERY_MS);
  }

  #lost(socket, code, reason = "") {
    if (socket !== this.#socket || this.#done) return;
    this.#socket = null;
    if (code >= 4400 && code < 4500) {
      this.#finish();
      this.dispatchEvent(new CustomEvent("closed", { detail: { reason } }));
      return;
    }
    this.#redial = setTimeout(() => this.dial(), this.#pause * (0.5 + Math.random() / 2)); // not all pages at once
    this.#attempt++;
    this.dispatchEvent(new Event("down"));
  }

  get #pause() {
    return REDIALS_MS[this.#attempt] ?? (this.#attempt < STEADY_REDIALS ? STEADY_REDIAL_MS : SLOW_REDIAL_MS);
  }

  get #patience() {
    return this.#attempt % 4 === 3 ? BUSY_OPENS_WITHIN_MS : OPEN_WITHIN_MS;
  }

  #probe(socket) {
    const askedAt = (this.#pingSentAt = performance.now());
    this.send({ type: "ping" });
    setTimeout(() => this.#pingSentAt === askedAt && this.#giveUp(socket), PROBE_MS);
  }

  #giveUp(socket) {
    this.#lost(socket, 4000);
    socket.close();
  }

  #finish() {
    this.#done = true;
    clearTimeout(this.#redial);
    this.#socket?.close(1000);
    this.#socket = null;
  }
}
