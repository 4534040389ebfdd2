// One connection to one other participant.
// Only the newcomer makes the first offer: when both sides did at once, Chromium hung one call in
// four to eight ("stable" on both sides, never connected). Perfect negotiation serves later offers.
// Events: "track" (detail: {name, track}), "state" (what the other sends now), "connection", "stuck".

const HEALS_ITSELF_WITHIN_MS = 2500;
const STUCK_AFTER_MS = 6000;
const MOST_RESTARTS = 3;
const NAMES = ["microphone", "camera"];
const LAVISH = { maxBitrate: 1_200_000, maxFramerate: 30, scaleResolutionDownBy: 1 };
const THRIFTY = { maxBitrate: 120_000, maxFramerate: 12, scaleResolutionDownBy: 2 };

/** The number that every description of one connection bears. */
function sessionOf({ sdp }) {
  return /^o=\S+ (\S+)/m.exec(sdp)?.[1];
}

export class Peer extends EventTarget {
  #send;
  #media;
  #slots = {};
  #work = Promise.resolve();
  #session = null; // of the connection that the other side has
  #isOffering = false;
  #isIgnoring = false;
  #isTakingAnswer = false;
  #otherWantsPictures = true;
  #restarts = 0;
  #restartTimer = 0;
  #watch = 0;
  #goodAt = performance.now(); // connected, or tried afresh
  #connectedAt = performance.now();

  /**
   * @param who      {peer, participant, role, name} of the other side
   * @param polite   whether this side gives way when both offer
   * @param offers   whether this side makes the first offer
   * @param patience extra milliseconds before a connection that does not come counts as stuck
   */
  constructor(who, { polite, offers, iceServers, media, send, patience = 0 }) {
    super();
    this.who = who;
    this.polite = polite;
    this.#media = media;
    this.#send = send;
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#listen();
    this.#send({ state: this.#state });
    if (offers) this.#offerSlots();
    this.#watch = setInterval(() => this.#watchdog(STUCK_AFTER_MS + patience), 1000);
  }

  get isConnected() {
    return this.connection.connectionState === "connected";
  }

  get awayForMs() {
    return performance.now() - this.#connectedAt;
  }

  /** Take in what the other side signalled; one after the other. */
  take(data) {
    if (data.description) this.#session = sessionOf(data.description);
    this.#work = this.#work.then(() => this.#handle(data)).catch((error) => console.warn("signal", error));
  }

  /** Whether the other side has begun anew: its offer is for a fresh connection, and this one would not do. */
  isOutdatedBy({ description }) {
    return description?.type === "offer" && this.#session !== null && sessionOf(description) !== this.#session;
  }

  /** Send what the person shares now, and say what that is. */
  async share() {
    if (!this.#slots.camera) return; // the answer will carry it
    this.#send({ state: this.#state });
    await this.#fillSlots();
  }

  /** From now on connect with these media servers: the credentials of those before run out. */
  renew(iceServers) {
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers });
  }

  /**
   * Both sides are on the socket again: repair what was lost meanwhile. An offer made without
   * a socket is gone, and restartIce() would never make another while it is pending.
   */
  resume() {
    this.#goodAt = performance.now();
    const { signalingState, localDescription } = this.connection;
    if (signalingState === "have-local-offer") this.#send({ description: localDescription });
    else if (localDescription && !this.polite) this.#restart();
    this.#send({ state: this.#state });
  }

  close() {
    clearTimeout(this.#restartTimer);
    clearInterval(this.#watch);
    this.connection.onconnectionstatechange = null;
    this.connection.close();
  }

  #listen() {
    const connection = this.connection;
    connection.onnegotiationneeded = () => this.#offer();
    connection.onicecandidate = ({ candidate }) => this.#send({ candidate });
    connection.ontrack = ({ transceiver, track }) => {
      const name = NAMES[connection.getTransceivers().indexOf(transceiver)] ?? "screen";
      this.#emit("track", { name, track });
    };
    connection.onconnectionstatechange = () => {
      this.#mend();
      this.#emit("connection", connection.connectionState);
    };
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // --- what we send: a microphone, a camera, and from its first use on a screen ---

  #offerSlots() {
    const settings = { direction: "sendrecv", streams: [this.#media.stream] };
    this.#slots.microphone = this.connection.addTransceiver("audio", settings);
    this.#slots.camera = this.connection.addTransceiver("video", settings);
    this.#fillSlots();
  }

  async #answerSlots() {
    if (!this.#slots.camera) {
      [this.#slots.microphone, this.#slots.camera] = this.connection.getTransceivers();
      for (const name of NAMES) {
        this.#slots[name].direction = "sendrecv";
        this.#slots[name].sender.setStreams?.(this.#media.stream);
      }
    }
    await this.#fillSlots();
  }

  get #isWithPictures() {
    return this.#otherWantsPictures && this.#media.wantsPictures;
  }

  /** What the other side gets now, and whether this side wants its pictures. */
  get #state() {
    const { microphone, camera, screen } = this.#media.state;
    const sends = this.#isWithPictures;
    return { microphone, camera: camera && sends, screen: screen && sends, pictures: this.#media.wantsPictures };
  }

  async #fillSlots() {
    const { microphone, camera } = this.#slots;
    await microphone.sender.replaceTrack(this.#media.microphone);
    await camera.sender.replaceTrack(this.#isWithPictures ? this.#media.camera : null);
    await this.#limit(camera.sender);
    const screen = this.#isWithPictures ? this.#media.screen : null;
    if (this.#slots.screen) await this.#slots.screen.sender.replaceTrack(screen);
    else if (screen) this.#slots.screen = this.connection.addTransceiver(screen, { direction: "sendonly" });
  }

  /** A smaller picture where the line carries no more. */
  async #limit(sender) {
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) return; // older Firefox
    Object.assign(parameters.encodings[0], this.#media.level === "saving" ? THRIFTY : LAVISH);
    await sender.setParameters(parameters);
  }

  // --- negotiation ---

  async #offer() {
    try {
      this.#isOffering = true;
      await this.connection.setLocalDescription();
      this.#send({ description: this.connection.localDescription });
    } finally {
      this.#isOffering = false;
    }
  }

  async #handle({ description, candidate, state }) {
    if (state) await this.#takeState(state);
    else if (description) await this.#describe(description);
    else await this.#addCandidate(candidate);
  }

  async #takeState(state) {
    this.#emit("state", state);
    if (state.pictures === this.#otherWantsPictures) return;
    this.#otherWantsPictures = state.pictures;
    await this.share();
  }

  async #describe(description) {
    const connection = this.connection;
    const isOffer = description.type === "offer";
    const isReady = !this.#isOffering && (connection.signalingState === "stable" || this.#isTakingAnswer);
    this.#isIgnoring = isOffer && !isReady && !this.polite;
    const isStaleAnswer = !isOffer && connection.signalingState !== "have-local-offer";
    if (this.#isIgnoring || isStaleAnswer) return;
    this.#isTakingAnswer = !isOffer;
    await connection.setRemoteDescription(description).finally(() => (this.#isTakingAnswer = false));
    if (!isOffer) return;
    await this.#answerSlots();
    await connection.setLocalDescription();
    this.#send({ description: connection.localDescription });
  }

  async #addCandidate(candidate) {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#isIgnoring) throw error;
    }
  }

  // --- repair ---

  /** "disconnected" often heals itself; "failed" never does without an ICE restart. The impolite side goes first. */
  #mend() {
    clearTimeout(this.#restartTimer);
    const state = this.connection.connectionState;
    if (state === "failed") this.#restart();
    if (state === "disconnected")
      this.#restartTimer = setTimeout(() => this.#restart(), HEALS_ITSELF_WITHIN_MS * (this.polite ? 2 : 1));
  }

  /**
   * Also while nobody hears the offer: a browser with one tries its old ways on and on, and finds the line that is back
   * within a quarter of a second; without, it gives up after 15 s. Bounded: with TURN credentials that do not work,
   * restarts would go on for ever.
   */
  #restart() {
    if (this.isConnected || this.connection.signalingState === "closed") return;
    if (++this.#restarts <= MOST_RESTARTS) this.connection.restartIce();
  }

  #watchdog(limit) {
    const now = performance.now();
    if (this.isConnected) {
      this.#goodAt = this.#connectedAt = now;
      this.#restarts = 0;
    } else if (now - this.#goodAt > limit) {
      this.#goodAt = now;
      this.#emit("stuck");
    }
  }
}
