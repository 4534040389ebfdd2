// Makes a short sound when more people wait for the doctor than before, on whichever page the doctor is.
const KEY = "waiting"; // how many waited, for the pages of this tab

function ring() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.1;
  tone.frequency.value = 660;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.25);
  tone.addEventListener("ended", () => context.close());
}

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (!target.matches("[data-knock]")) return;
  const now = Number(target.querySelector("[data-waiting]")?.dataset.waiting ?? 0);
  if (now > Number(sessionStorage.getItem(KEY))) ring();
  sessionStorage.setItem(KEY, now);
});
