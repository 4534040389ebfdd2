// Says so when the browser loses its connection, and when it is back. The words are in _status.html.
// A browser that says that it is offline may be wrong, in a network of its own: then the portal itself is asked.
const show = (mark, on) => document.querySelectorAll(`[data-${mark}]`).forEach((notice) => { notice.hidden = !on; });

async function isReachable() {
  if (navigator.onLine) return true;
  return fetch("/health/live", { cache: "no-store" }).then((answer) => answer.ok, () => false);
}

async function tell() {
  const reachable = await isReachable();
  show("offline", !reachable);
  show("online", reachable);
}

window.addEventListener("offline", tell);
window.addEventListener("online", tell);
isReachable().then((reachable) => reachable || tell());
