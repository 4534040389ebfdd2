// The button that gives the whole screen to the visit, where the browser can.

export function bindFullScreen(root, button) {
  if (!document.fullscreenEnabled) return button.remove();
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => {
    for (const face of button.querySelectorAll("[data-face]"))
      face.hidden = face.dataset.face !== (document.fullscreenElement ? "on" : "off");
  });
}
