// One key for each of the room's buttons, as <button data-key="m">; not while somebody writes or a dialog is open.

import { recall, remember } from "./memory.js";

const WRITES = "input, textarea, select, [contenteditable]";

export function bindShortcuts(root, checkbox) {
  checkbox.checked = recall("shortcuts") !== "off";
  checkbox.addEventListener("change", () => remember("shortcuts", checkbox.checked ? "on" : "off"));
  addEventListener("keydown", (event) => {
    const isElsewhere = event.target.closest?.(WRITES) || document.querySelector("dialog[open]");
    if (!checkbox.checked || isElsewhere || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = root.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button || button.hidden || button.disabled) return;
    event.preventDefault();
    button.click();
  });
}
