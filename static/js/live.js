// Keeps parts of a page fresh.
//   <section id="requests" data-live="/ws/notices/" data-poll="30"
//            hx-get="/doctor/requests/" hx-select="#requests" hx-swap="outerHTML" hx-trigger="refresh">
// A message on the socket means that there is news: the section is fetched again. While the socket is down it is
// fetched every data-poll seconds. A [data-say] text inside is announced when it changes.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

const sections = (address) => document.querySelectorAll(`[data-live="${CSS.escape(address)}"]`);
const refresh = (address) => sections(address).forEach((section) => window.htmx.trigger(section, "refresh"));
const isRefusal = (code) => code >= 4400 && code < 4500;

function follow(address) {
  let wait = FIRST_WAIT;
  let timer = null;

  const poll = () => {
    const seconds = Number(sections(address)[0]?.dataset.poll);
    if (seconds && !timer) timer = setInterval(refresh, seconds * 1000, address);
  };
  const stopPolling = () => {
    clearInterval(timer);
    timer = null;
  };

  const dial = (again) => {
    const socket = new WebSocket(new URL(address, location.href.replace(/^http/, "ws")));
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT;
      stopPolling();
      if (again) refresh(address); // what happened while it was down
    });
    socket.addEventListener("message", () => refresh(address));
    socket.addEventListener("close", ({ code }) => {
      if (isRefusal(code)) return stopPolling();
      poll();
      setTimeout(dial, wait * (0.5 + Math.random()), true);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };

  dial(false);
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
