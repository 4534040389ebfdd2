// The room of a visit: puts socket, media, call and page together.

import { bindAdmitting } from "./admitting.js";
import { Call } from "./call.js";
import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { bindFullScreen } from "./fullscreen.js";
import { Line } from "./line.js";
import { LocalMedia } from "./media.js";
import { Page, say } from "./page.js";
import { arrangePanels } from "./panels.js";
import { Quality } from "./quality.js";
import { Reach } from "./reach.js";
import { Settings } from "./settings.js";
import { bindShortcuts } from "./shortcuts.js";
import { SignallingSocket, newPeerName } from "./socket.js";
import { Stage } from "./stage.js";
import { Thrift } from "./thrift.js";

const ENDS = ["expired", "ended", "cancelled", "removed", "taken_over", "full"];

const root = document.querySelector("[data-room]");
const page = new Page(root);
const media = new LocalMedia();
const socket = new SignallingSocket(root.dataset.socket, { type: "hello", peer: newPeerName() });
const call = new Call(socket, media);
const stage = new Stage(page.find("[data-stage]"), page, media);
const clock = new Clock(page, root.dataset);
const quality = new Quality(call, media);
const thrift = new Thrift();
const reach = new Reach(page, socket);
const line = new Line(page, { socket, call, quality, thrift, stage });
const settings = document.getElementById("settings-dialog");
new Settings(settings, { media, stage, thrift });
new Controls(media, page);
arrangePanels(root);
bindShortcuts(root, settings.querySelector("[data-shortcuts]"));
bindFullScreen(root, page.find("[data-full-screen]"));

function stop(reason) {
  clock.stop();
  quality.stop();
  line.stop();
  reach.stop();
  socket.leave();
  call.hangUp();
  media.stop();
  for (const mark of ["time-warning", "by-phone"]) page.notice(mark, "");
  page.enter(ENDS.includes(reason) ? reason : "stopped");
}

socket.addEventListener("message", ({ detail: message }) => {
  if (message.type === "room-changed" || !page.isFor(message)) return location.reload();
  call.take(message);
  if (message.type === "waiting") page.enter("waiting");
  if (message.type === "admitted") page.enter("in");
  if (["waiting", "admitted"].includes(message.type)) page.loadPanels({ atOnce: message.type === "waiting" });
  if (message.type === "times") clock.set(message);
  if (message.type === "news") page.refresh({ atOnce: call.line === "connected" });
  if (message.type === "by-phone") page.notice("by-phone", "shown");
  line.show();
});
socket.addEventListener("closed", ({ detail }) => stop(detail.reason));
clock.addEventListener("expired", () => stop("expired"));

call.addEventListener("peer", ({ detail: peer }) => {
  stage.show(peer);
  peer.addEventListener("connection", () => {
    line.show();
    if (peer.isConnected) page.loadPanels({ atOnce: true });
  });
});
call.addEventListener("joined", ({ detail: who }) => {
  page.announce(say("joined", who));
  const end = document.querySelector("[data-end]");
  if (end) end.hidden = false; // the visit has begun: now it can be ended
});
// Picture and sound know of a broken line, and of one that is back, before the socket does.
call.addEventListener("lost", () => socket.doubt());
call.addEventListener("back", () => socket.wake());
call.addEventListener("left", ({ detail: who }) => {
  stage.remove(who);
  page.announce(say("left", who));
  line.show();
});

quality.addEventListener("measured", ({ detail }) => thrift.judge(detail.worst));
thrift.addEventListener("level", ({ detail }) => media.setLevel(detail.level));
for (const button of root.querySelectorAll("[data-choose-level]"))
  button.addEventListener("click", () => thrift.choose(button.dataset.chooseLevel));

bindAdmitting(root, socket);

// Leaving the page is a goodbye, whatever the way.
addEventListener("pagehide", () => socket.leave());
addEventListener("pageshow", (event) => event.persisted && location.reload());

socket.dial();
await media.start();
