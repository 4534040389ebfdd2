// Repeats the picked time in words, in the bar at the bottom: <input type="radio" name="slot" data-words="…"> in #pick.
const form = document.getElementById("pick");
const bar = document.querySelector("[data-picked]");

function show() {
  const words = form.querySelector("input[name=slot]:checked")?.dataset.words;
  bar.querySelector("[data-picked-none]").hidden = Boolean(words);
  bar.querySelector("[data-picked-some]").hidden = !words;
  bar.querySelector("[data-picked-words]").textContent = words ?? "";
}

if (form && bar) {
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show); // after Back, the browser has filled the form in again
}
