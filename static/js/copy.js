// Copy buttons: <button data-copy="id" hidden> copies the text of the element with that id, and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const words = button.querySelector("[data-text]");
    words.textContent = words.dataset.copied;
  });
}
