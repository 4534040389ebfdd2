// The signalling socket of a visit: dials, greets, keeps alive and redials by itself.
// Events: "up", "down", "message" (detail: the message), "closed" (detail: {reason}; for good).

const OPEN_WITHIN_MS = 3000; // a SYN in back-off would hold a reconnect for 10 s and more
const PING_EVERY_MS = 5000; // a dead network gives no close event for minutes
const SILENCE_MS = 12000;
const SLOWEST_REDIAL_MS = 3000;

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
    addEventListener("online", () => this.#redialNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.#redialNow());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  dial() {
    const address = new URL(this.#path, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = (this.#socket = new WebSocket(address));
    setTimeout(() => socket.readyState === WebSocket.CONNECTING && socket.close(), OPEN_WITHIN_MS);
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => this.#received(socket, JSON.parse(event.data)));
    socket.addEventListener("close", ({ code, reason }) => this.#lost(socket, code, reason));
  }

  /** Whether the message left. Nothing is queued: what matters is said again after "up". */
  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
    return this.isOpen;
  }

  /** Say goodbye and stay away. */
  leave() {
    this.send({ type: "bye" });
    this.#finish();
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#attempt = 0;
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
    const timer = setInterval(() => {
      if (socket !== this.#socket || !this.isOpen) return clearInterval(timer);
      if (this.#pingSentAt === null) {
        this.#pingSentAt = performance.now();
        return this.send({ type: "ping" });
      }
      if (performance.now() - this.#pingSentAt > SILENCE_MS) {
        clearInterval(timer);
        this.#lost(socket, 4000);
        socket.close();
      }
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
    const pause = Math.min(SLOWEST_REDIAL_MS, 250 * 2 ** this.#attempt++);
    this.#redial = setTimeout(() => this.dial(), pause * (0.5 + Math.random() / 2));
    this.dispatchEvent(new Event("down"));
  }

  #redialNow() {
    if (this.#done || this.#socket) return;
    clearTimeout(this.#redial);
    this.#attempt = 0;
    this.dial();
  }

  #finish() {
    this.#done = true;
    clearTimeout(this.#redial);
    this.#socket?.close(1000);
    this.#socket = null;
  }
}
