// What stands beside the stage: tabs, the button that hides them, and the patient's summary, which on
// phones is one of the tabs.

const WIDE = matchMedia("(min-width: 62rem)");

function select(tabs, chosen) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", isChosen);
    tab.tabIndex = isChosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
}

function bindTabs(list) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  list.addEventListener("click", ({ target }) => target.closest("[role=tab]") && select(tabs, target.closest("[role=tab]")));
  list.addEventListener("keydown", (event) => {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const step = { [forward]: 1, [backward]: -1 }[event.key];
    if (!step) return;
    const shown = tabs.filter((tab) => tab.checkVisibility?.() ?? tab.offsetParent);
    const next = shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
    select(tabs, next);
    next.focus();
  });
  return (id) => select(tabs, tabs.find((tab) => tab.id === id));
}

/** The summary has its own column on wide screens, and the tab "Patient" on narrow ones. */
function placeSummary(root, show) {
  const summary = root.querySelector("[data-summary]");
  const body = root.querySelector("[data-summary-body]");
  const place = () => {
    (WIDE.matches ? summary : root.querySelector("#panel-patient")).append(body);
    if (WIDE.matches && !root.querySelector("#panel-patient").hidden) show("tab-chat");
  };
  WIDE.addEventListener("change", place);
  place();
}

/** A message that comes while the chat is out of sight is said, and marked on the buttons that lead to it. */
function markUnseen(root) {
  const marks = root.querySelectorAll("[data-unseen]");
  root.addEventListener("unseen", () => {
    for (const mark of marks) mark.hidden = false;
    root.querySelector("[data-announce]").textContent = marks[0].textContent;
  });
  root.addEventListener("seen", () => {
    for (const mark of marks) mark.hidden = true;
  });
}

export function arrangePanels(root) {
  markUnseen(root);
  const list = root.querySelector("[role=tablist]");
  const show = list && bindTabs(list);
  if (show && root.querySelector("[data-summary]")) placeSummary(root, show);
  const toggle = root.querySelector("[data-side-toggle]");
  toggle.addEventListener("click", () => {
    const isShown = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", isShown);
    root.querySelector("[data-side]").hidden = !isShown;
    root.classList.toggle("side-hidden", !isShown);
  });
}
