// Says so when the browser loses its connection, and when it is back. The words are in _status.html.
const show = (mark, on) => document.querySelectorAll(`[data-${mark}]`).forEach((notice) => { notice.hidden = !on; });

function tell() {
  show("offline", !navigator.onLine);
  show("online", navigator.onLine);
}

window.addEventListener("offline", tell);
window.addEventListener("online", tell);
if (!navigator.onLine) tell();
