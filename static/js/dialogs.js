// Opens a <dialog> from a link or button: <a href="/…/cancel/" data-dialog="cancel">. Without JavaScript the link leads
// to a page that asks the same. Closing is <form method="dialog">; the browser gives focus back to the opener.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});
