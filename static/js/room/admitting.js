// The doctor lets somebody in: over the socket, which is quickest; while it is down, the button's form goes over HTTP.

export function bindAdmitting(root, socket) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-admit]");
    if (!button || !socket.send({ type: "admit", participant: button.dataset.admit })) return;
    event.preventDefault();
    button.closest(".knock").remove();
    root.querySelector("[data-admit], .controls button").focus();
  });
}
