// Keeps the picked time held while somebody types, and offers more time before the hold ends (_hold.html).
//   <div id="hold" data-held-ms="600000" hx-post="/book/…/hold/" hx-swap="outerHTML" hx-trigger="renew">
//     <p data-hold-kept>…  <div data-hold-ending hidden>… <button type="button" data-more-time>…  <div data-hold-over hidden>…
const RENEW_AFTER = 30000;
const WARN_BEFORE = 120000;
const form = document.querySelector("main form");
let timers = [];
let renewedAt = 0;

const hold = () => document.getElementById("hold");

function renew() {
  renewedAt = Date.now();
  window.htmx.trigger(hold(), "renew");
}

function show(mark) {
  hold()?.querySelectorAll("[data-hold-kept], [data-hold-ending], [data-hold-over]").forEach((each) => {
    each.hidden = !each.matches(mark);
  });
  hold()?.scrollIntoView({ block: "nearest" }); // whoever reads further down would miss it
  const words = hold()?.querySelector(`${mark} p`)?.textContent ?? "";
  document.querySelector("[data-announce]").textContent = words;
}

function count() {
  timers.forEach(clearTimeout);
  const left = Number(hold()?.dataset.heldMs ?? 0);
  renewedAt = Date.now();
  if (!left) return;
  timers = [
    setTimeout(show, Math.max(left - WARN_BEFORE, left / 2), "[data-hold-ending]"),
    setTimeout(show, left, "[data-hold-over]"),
  ];
}

form?.addEventListener("input", () => {
  if (hold()?.dataset.heldMs && Date.now() - renewedAt > RENEW_AFTER) renew();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-more-time]")) renew();
});
document.addEventListener("htmx:afterSwap", ({ detail: { elt } }) => {
  if (elt.id !== "hold") return;
  count();
  if (document.activeElement !== document.body) return;
  elt.focus(); // the button that was pressed is gone
});
if (hold()) count();
