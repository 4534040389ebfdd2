// Daily's own page for the room, in a frame that its script looks after; people leave by our button.

import Daily from "../../vendor/daily-js/0.92.2/daily-esm.mjs";

export function enter(place, entry) {
  const frame = Daily.createFrame(place, { showLeaveButton: false });
  frame.iframe().title = place.dataset.title;
  frame.join({ url: entry.url, token: entry.token }).catch((error) => console.error(error)); // its page says it in words
  return { leave: () => frame.destroy() };
}
