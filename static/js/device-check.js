// The device check: tries camera, microphone, speaker and the way through the relay, and sends what it found.
const root = document.querySelector("[data-device-check]");
const words = JSON.parse(document.getElementById("check-words").textContent);
const servers = JSON.parse(document.getElementById("check-servers").textContent);
const IN_APP = /FBAN|FBAV|Instagram|Line\/|MicroMessenger|; wv\)/;
const ECHOES = 20;
const PATIENCE_MS = 8000;
const SLOW_MS = 400;
const LOUD = 0.02;
const results = { camera: "unknown", microphone: "unknown", speaker: "unknown", network: "unknown" };

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function show(part, result, fix = "") {
  const row = root.querySelector(`[data-part=${part}]`);
  const badge = row.querySelector("[data-result]");
  badge.textContent = words[result];
  badge.className = `badge badge-${result === "works" ? "ok" : "warn"}`;
  const text = row.querySelector("[data-fix]");
  if (text) text.textContent = fix;
  results[part] = result === "slow" ? "works" : result;
  root.querySelector("[data-said]").textContent = `${row.querySelector("strong").textContent}: ${words[result]} ${fix}`;
}

/** What to do about a device that cannot be had, on this browser. */
function fixFor(error) {
  const agent = navigator.userAgent;
  if (!error || IN_APP.test(agent)) return fill(words.in_app, { browser: /iPhone|iPad/.test(agent) ? "Safari" : "Chrome" });
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return words.missing;
  if (error.name !== "NotAllowedError" && error.name !== "SecurityError") return words.busy;
  if (/iPhone|iPad/.test(agent)) return words.denied_ios;
  return /Android/.test(agent) ? words.denied_android : words.denied;
}

async function ask(part, wanted) {
  if (!navigator.mediaDevices) return show(part, "failed", fixFor(null));
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    return show(part, "failed", fixFor(error));
  }
}

async function checkCamera() {
  const stream = await ask("camera", { video: true });
  if (!stream) return;
  root.querySelector("[data-preview]").srcObject = stream;
  show("camera", "works");
}

async function checkMicrophone() {
  const stream = await ask("microphone", { audio: true });
  if (!stream) return;
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(ear);
  show("microphone", "works", words.silent);
  const samples = new Float32Array(ear.fftSize);
  setInterval(() => {
    ear.getFloatTimeDomainData(samples);
    const level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    root.querySelector("#level").value = Math.min(1, level * 4);
    if (level > LOUD && root.querySelector("[data-part=microphone] [data-fix]").textContent) show("microphone", "works");
  }, 200);
}

/** A connection with itself, where there is a relay through that alone; echoes on it measure the line. */
async function measure() {
  const policy = root.dataset.relay === "yes" ? "relay" : "all";
  const ends = [0, 1].map(() => new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: policy }));
  ends.forEach((end, at) => end.addEventListener("icecandidate", ({ candidate }) => candidate && ends[1 - at].addIceCandidate(candidate)));
  const channel = ends[0].createDataChannel("echo", { ordered: false, maxRetransmits: 0 });
  ends[1].addEventListener("datachannel", ({ channel: other }) => other.addEventListener("message", ({ data }) => other.send(data)));
  const times = [];
  channel.addEventListener("message", ({ data }) => times.push(performance.now() - Number(data)));
  try {
    await ends[0].setLocalDescription(await ends[0].createOffer());
    await ends[1].setRemoteDescription(ends[0].localDescription);
    await ends[1].setLocalDescription(await ends[1].createAnswer());
    await ends[0].setRemoteDescription(ends[1].localDescription);
    const isOpen = await Promise.race([new Promise((done) => channel.addEventListener("open", () => done(true))), pause(PATIENCE_MS)]);
    if (!isOpen) return null;
    for (let sent = 0; sent < ECHOES; sent += 1) {
      channel.send(String(performance.now()));
      await pause(50);
    }
    await pause(1000);
    const median = times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
    return { ms: Math.round(median ?? PATIENCE_MS), loss: Math.round(100 * (1 - times.length / ECHOES)) };
  } finally {
    ends.forEach((end) => end.close());
  }
}

async function checkNetwork() {
  const hasRelay = root.dataset.relay === "yes";
  const line = await measure();
  if (hasRelay) results.relay_reached = Boolean(line);
  if (!line) return show("network", hasRelay ? "failed" : "unknown", hasRelay ? words.no_relay : words.no_line);
  Object.assign(results, { round_trip_ms: line.ms, loss_percent: line.loss });
  const isSlow = line.ms > SLOW_MS || line.loss > 10;
  return show("network", isSlow ? "slow" : "works", fill(isSlow ? words.slow_line : words.line, line));
}

function send() {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  return fetch(location.pathname, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(results) });
}

function play() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 1);
  root.querySelectorAll("[data-heard]").forEach((button) => { button.hidden = false; });
}

root.querySelector("[data-play]").addEventListener("click", play);
root.querySelector("[data-again]").addEventListener("click", () => location.reload());
for (const button of root.querySelectorAll("[data-heard]")) {
  button.addEventListener("click", () => {
    show("speaker", button.dataset.heard);
    send();
  });
}
await checkCamera();
await checkMicrophone();
await checkNetwork();
await send();
root.dataset.done = "yes";
