// A video service that has a page of its own for the room: that page, in a frame.

const ALLOWED = "camera; microphone; display-capture; autoplay; fullscreen";

export function enter(place, entry) {
  const frame = document.createElement("iframe");
  frame.src = entry.url;
  frame.allow = ALLOWED;
  frame.title = place.dataset.title;
  place.replaceChildren(frame);
  return { leave: () => frame.remove() };
}
