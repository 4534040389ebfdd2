// The room of a visit at a video service: socket, clock and panels are ours, picture and sound are what the
// service's module draws into the place. static/js/embeds has these modules; the server says which one.

import { bindAdmitting } from "./admitting.js";
import { Clock } from "./clock.js";
import { bindFullScreen } from "./fullscreen.js";
import { Page, say } from "./page.js";
import { arrangePanels } from "./panels.js";
import { Reach } from "./reach.js";
import { bindShortcuts } from "./shortcuts.js";
import { SignallingSocket, newPeerName } from "./socket.js";

const ENDS = ["expired", "ended", "cancelled", "removed", "taken_over", "full"];
const LOOK_AGAIN_MS = 2000;

const root = document.querySelector("[data-room]");
const page = new Page(root);
const place = page.find("[data-place]");
const socket = new SignallingSocket(root.dataset.socket, { type: "hello", peer: newPeerName() });
const clock = new Clock(page, root.dataset);
const reach = new Reach(page, socket);
arrangePanels(root);
bindShortcuts(root, document.querySelector("[data-shortcuts]"));
bindFullScreen(root, page.find("[data-full-screen]"));
for (const button of root.querySelectorAll("[data-device]")) button.disabled = true; // until there is something to switch

let inside = null; // what the module's enter() gave
let renewal = 0;

/** Go into the service's room, or hand a fresh entry to the module that is in it. */
async function enter(entry) {
  if (inside) return (await inside).renew?.(entry);
  inside = import(entry.module).then((embed) => embed.enter(place, entry));
  try {
    await inside;
    page.notice("embed-failed", "");
  } catch (error) {
    console.error(error);
    inside = null;
    page.notice("embed-failed", "shown");
    page.announce(page.find("[data-embed-failed] p").textContent);
  }
}

async function leave() {
  clearTimeout(renewal);
  const left = inside;
  inside = null;
  await (await left?.catch(() => null))?.leave();
  place.replaceChildren();
}

function stop(reason) {
  clock.stop();
  reach.stop();
  socket.leave();
  leave();
  for (const mark of ["time-warning", "by-phone", "embed-failed"]) page.notice(mark, "");
  page.enter(ENDS.includes(reason) ? reason : "stopped");
}

/** The room that this page was drawn for is no longer the visit's: the next page is for the one that is. */
function lookAgain() {
  socket.leave();
  leave();
  page.enter("moving");
  setTimeout(() => location.reload(), LOOK_AGAIN_MS * Math.random());
}

function showEnd() {
  const end = document.querySelector("[data-end]");
  if (end) end.hidden = false; // the visit has begun: now it can be ended
}

const ANSWERS = {
  waiting: () => page.enter("waiting"),
  admitted: (message) => {
    if (page.state !== "in") page.enter("in");
    ANSWERS.relays(message);
  },
  relays: ({ entry, renew_in }) => {
    clearTimeout(renewal);
    renewal = setTimeout(() => socket.send({ type: "relays" }), renew_in);
    if (entry) enter(entry); // none while the service does not answer: what was handed out is good for some minutes yet
  },
  "peer-joined": ({ who }) => {
    showEnd();
    page.announce(say("joined", who));
  },
  "peer-here": showEnd,
  times: (message) => {
    clock.set(message);
    if (page.state === "in") socket.send({ type: "relays" }); // what was handed out is good for the old hours
  },
  news: () => page.refresh(),
  "by-phone": () => page.notice("by-phone", "shown"),
};

socket.addEventListener("message", ({ detail: message }) => {
  if (message.type === "room-changed" || !page.isFor(message)) return lookAgain();
  ANSWERS[message.type]?.(message);
  if (["waiting", "admitted"].includes(message.type)) page.loadPanels({ atOnce: true });
  page.connection(page.state === "waiting" ? "waiting" : "connected");
});
socket.addEventListener("down", () => page.connection("reconnecting"));
socket.addEventListener("closed", ({ detail }) => stop(detail.reason));
clock.addEventListener("expired", () => stop("expired"));
bindAdmitting(root, socket);

// Leaving the page is a goodbye, whatever the way.
addEventListener("pagehide", () => socket.leave());
addEventListener("pageshow", (event) => event.persisted && location.reload());

socket.dial();
