// Moves focus to the error summary of a refused form, so that screen readers hear it first.
const focusSummary = (root) => root.querySelector("[data-error-summary]")?.focus();

focusSummary(document);
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.detail.elt));
