// How good the line to each other person is, measured every two seconds.
// Event: "measured" (detail: {grades: Map of Peer to grade, worst}); a grade is "good", "fair" or "poor".

const EVERY_MS = 2000;
const FRESH_MS = 6000; // reports of a sender that has stopped stay as they were
const GRADES = ["good", "fair", "poor"];
const LIMITS = {
  loss: [0.03, 0.08], // part of the packets
  delay: [0.3, 0.6], // seconds there and back
  scarcity: [1 / 160_000, 1 / 80_000], // the inverse of the bits a second that fit
};

/** Sums and latest values of one connection's reports. */
async function read(connection) {
  const sum = { lost: 0, received: 0, reported: 0, delay: 0, scarcity: 0 };
  const now = performance.timeOrigin + performance.now();
  for (const report of (await connection.getStats()).values()) {
    if (report.type === "inbound-rtp") {
      sum.lost += report.packetsLost ?? 0;
      sum.received += report.packetsReceived ?? 0;
    } else if (report.type === "remote-inbound-rtp" && now - report.timestamp < FRESH_MS) {
      sum.reported = Math.max(sum.reported, report.fractionLost ?? 0);
    } else if (report.type === "candidate-pair" && report.nominated) {
      sum.delay = report.currentRoundTripTime ?? 0;
      sum.scarcity = 1 / (report.availableOutgoingBitrate ?? Infinity);
    }
  }
  return sum;
}

function lossBetween(before, now) {
  const lost = now.lost - before.lost;
  const all = lost + now.received - before.received;
  return all > 0 ? Math.max(0, lost / all) : 0;
}

function gradeOf(values) {
  const ranks = Object.entries(LIMITS).map(([name, limits]) => limits.filter((limit) => values[name] > limit).length);
  return GRADES[Math.max(...ranks)];
}

export class Quality extends EventTarget {
  #call;
  #media;
  #before = new WeakMap(); // Peer -> its sums two seconds ago

  constructor(call, media) {
    super();
    this.#call = call;
    this.#media = media;
    this.timer = setInterval(() => this.#measure(), EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
  }

  async #measure() {
    const grades = new Map();
    for (const peer of this.#call.peers.filter(({ isConnected }) => isConnected)) {
      const now = await read(peer.connection);
      const before = this.#before.get(peer);
      this.#before.set(peer, now);
      if (before) grades.set(peer, this.#grade(before, now));
    }
    if (!grades.size) return;
    const worst = GRADES[Math.max(...[...grades.values()].map((grade) => GRADES.indexOf(grade)))];
    this.dispatchEvent(new CustomEvent("measured", { detail: { grades, worst } }));
  }

  /** Without pictures nobody measures how much would fit. */
  #grade(before, now) {
    const loss = Math.max(now.reported, lossBetween(before, now));
    return gradeOf({ ...now, loss, scarcity: this.#media.wantsPictures ? now.scarcity : 0 });
  }
}
