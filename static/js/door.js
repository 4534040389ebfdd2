// The door of a visit that is not open yet: counts down, and loads the page again when it opens.
const notice = document.querySelector("[data-opens]");
const countdown = notice.querySelector("[data-countdown]");
const ahead = Date.now() - Number(notice.dataset.now); // the browser's clock may be wrong
const opensAt = Number(notice.dataset.opensAt) + ahead;
const LONGEST_COUNTDOWN = 3600;

function tick() {
  const seconds = Math.ceil((opensAt - Date.now()) / 1000);
  countdown.hidden = seconds > LONGEST_COUNTDOWN;
  countdown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds > 0) return;
  clearInterval(timer);
  location.reload();
}

const timer = setInterval(tick, 1000);
tick();
