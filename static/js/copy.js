// Copy buttons: <button data-copy="id" hidden> copies the text or field with that id, and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    const words = button.querySelector("[data-text]");
    words.textContent = words.dataset.copied;
  });
}
