// The room of a visit: puts socket, media, call and page together.

import { Call } from "./call.js";
import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { LocalMedia } from "./media.js";
import { Page, say } from "./page.js";
import { arrangePanels } from "./panels.js";
import { SignallingSocket } from "./socket.js";
import { Stage } from "./stage.js";

const ENDS = ["expired", "ended", "cancelled", "removed", "taken_over"];

/** A name for this load of the page, so that the others can tell it from the one before. */
function newPeerName() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const root = document.querySelector("[data-room]");
const page = new Page(root);
const media = new LocalMedia();
const socket = new SignallingSocket(root.dataset.socket, { type: "hello", peer: newPeerName() });
const call = new Call(socket, media);
const stage = new Stage(page.find("[data-stage]"), page, media);
const clock = new Clock(page, root.dataset);
new Controls(media, page);
arrangePanels(root);

function showLine() {
  if (!call.isEmpty) page.connection(call.line);
  else if (!socket.isOpen) page.connection("reconnecting");
  else page.connection(page.state === "waiting" ? "waiting" : "connected");
}

function stop(reason) {
  clock.stop();
  socket.leave();
  call.hangUp();
  media.stop();
  for (const mark of ["lost", "blocked", "time-warning"]) page.notice(mark, "");
  page.enter(ENDS.includes(reason) ? reason : "stopped");
}

socket.addEventListener("message", ({ detail: message }) => {
  call.take(message);
  if (message.type === "waiting") page.enter("waiting");
  if (message.type === "admitted") page.enter("in");
  if (["waiting", "admitted"].includes(message.type)) page.loadPanels({ atOnce: message.type === "waiting" });
  if (message.type === "times") clock.set(message);
  if (message.type === "news") page.refresh();
  showLine();
});
socket.addEventListener("down", showLine);
socket.addEventListener("closed", ({ detail }) => stop(detail.reason));
clock.addEventListener("expired", () => stop("expired"));

call.addEventListener("peer", ({ detail: peer }) => {
  stage.show(peer);
  peer.addEventListener("connection", () => {
    showLine();
    if (peer.isConnected) page.loadPanels({ atOnce: true });
  });
});
call.addEventListener("joined", ({ detail: who }) => {
  page.announce(say("joined", who));
  const end = document.querySelector("[data-end]");
  if (end) end.hidden = false; // the visit has begun: now it can be ended
});
call.addEventListener("left", ({ detail: who }) => {
  stage.remove(who);
  page.announce(say("left", who));
  showLine();
});
call.addEventListener("lost", ({ detail: who }) => page.announce(say("lost", who)));
call.addEventListener("long-lost", () => page.notice("lost", "shown"));
call.addEventListener("back", ({ detail: who }) => {
  page.notice("lost", "");
  page.notice("blocked", "");
  page.announce(say("back", who));
});
call.addEventListener("blocked", () => page.notice("blocked", "shown"));

// The socket is the quickest way to let somebody in; while it is down, the button's form goes over HTTP.
root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-admit]");
  if (!button || !socket.send({ type: "admit", participant: button.dataset.admit })) return;
  event.preventDefault();
  button.closest(".knock").remove();
  page.find("[data-admit], [data-device=microphone]").focus();
});

// Leaving the page is a goodbye, whatever the way.
addEventListener("pagehide", () => socket.leave());
addEventListener("pageshow", (event) => event.persisted && location.reload());

socket.dial();
await media.start();
