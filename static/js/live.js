// Keeps parts of a page fresh.
//   <section id="requests" data-live="/ws/notices/" data-poll="30"
//            hx-get="/doctor/requests/" hx-select="#requests" hx-swap="outerHTML" hx-trigger="refresh">
// News on the socket: the section is fetched again. While the socket is down it is fetched every data-poll seconds.
// A [data-say] text inside is announced when it changes.
import { listen } from "./news.js";

const sections = (address) => document.querySelectorAll(`[data-live="${CSS.escape(address)}"]`);
const refresh = (address) => sections(address).forEach((section) => window.htmx.trigger(section, "refresh"));

function follow(address) {
  let timer = null;
  let wasUp = false;
  const stopPolling = () => {
    clearInterval(timer);
    timer = null;
  };

  listen(address, {
    onNews: () => refresh(address),
    onUp: () => {
      stopPolling();
      if (wasUp) refresh(address); // what happened while it was down
      wasUp = true;
    },
    onDown: (forGood) => {
      if (forGood) return stopPolling();
      const seconds = Number(sections(address)[0]?.dataset.poll);
      if (seconds) timer ??= setInterval(refresh, seconds * 1000, address);
    },
  });
}

const said = (section) => section.querySelector("[data-say]")?.textContent.trim();
const spoken = new Map();

function announce(section) {
  const text = said(section);
  if (text === spoken.get(section.id)) return;
  spoken.set(section.id, text);
  document.querySelector("[data-announce]").textContent = text ?? "";
}

const live = [...document.querySelectorAll("[data-live]")];
live.forEach((section) => spoken.set(section.id, said(section)));
new Set(live.map((section) => section.dataset.live)).forEach(follow);
document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => elt.matches("[data-live]") && announce(elt));
