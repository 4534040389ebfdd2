// The page around the call: which state it shows, what it says, and which parts it fetches anew.

const WORDS = JSON.parse(document.getElementById("room-words").textContent);

/** The words of `key` in the reader's language, with {name} and the like filled in. */
export function say(key, facts = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

// htmx has looked at the page. This module runs before, so that the room waits for no other script.
const htmxIsReady = new Promise((resolve) => {
  document.addEventListener("DOMContentLoaded", () => setTimeout(resolve), { once: true });
});

const SETTLES_WITHIN_MS = 250;
const CALL_GOES_FIRST_MS = 1500;

export class Page {
  #root;
  #spoken = "";
  #refreshing = 0;
  #loading = 0;

  constructor(root) {
    this.#root = root;
    root.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => this.#announceNews(elt));
    root.addEventListener("click", ({ target }) => target.closest("[data-dismiss]")?.parentElement.remove());
    root.addEventListener("htmx:beforeRequest", (event) => this.#keepOpenDialog(event));
  }

  get state() {
    return this.#root.dataset.state;
  }

  /** Whether a message is about the room that this page was drawn for; the visit may have moved to another one. */
  isFor({ room }) {
    return room === undefined || String(room) === this.#root.dataset.room;
  }

  find(selector) {
    return this.#root.querySelector(selector);
  }

  /** Show what belongs to `state`: connecting, waiting, in, or one of the ends. */
  enter(state) {
    this.#root.dataset.state = state;
    for (const part of this.#root.querySelectorAll("[data-in]")) part.hidden = !part.dataset.in.split(" ").includes(state);
    const heading = this.find(`[data-in~="${state}"] h2`);
    if (heading) this.announce(heading.textContent);
  }

  announce(text) {
    this.find("[data-announce]").textContent = text;
  }

  /** How the line is, in the top bar: a key of the words. */
  connection(key) {
    const badge = this.find("[data-connection]");
    badge.classList.toggle("badge-ok", key === "connected");
    badge.classList.toggle("badge-warn", key === "reconnecting");
    badge.querySelector("[data-text]").textContent = say(key);
  }

  /** Show or hide one of the notices over the stage. */
  notice(mark, text) {
    const notice = this.find(`[data-${mark}]`);
    notice.hidden = !text;
    const words = notice.querySelector("[data-text]");
    if (text && words) words.textContent = text;
  }

  /**
   * Somebody came or went: fetch who waits, or where things stand; once, though news come in bursts. Not at once
   * while a call is being set up, which goes first.
   */
  refresh({ atOnce = true } = {}) {
    clearTimeout(this.#refreshing);
    this.#refreshing = setTimeout(() => {
      const part = this.find(this.state === "in" ? "#waiting, #whereabouts" : "#waiting, #waiting-line");
      if (part) this.#fetch(part, "refresh");
    }, atOnce ? SETTLES_WITHIN_MS : CALL_GOES_FIRST_MS);
  }

  /**
   * Fetch the panels beside the stage, one after the other: at once, or when the call has had time to be set up.
   * Those marked with a state, as a guest's chat is with "in", come once the page is in it.
   */
  loadPanels({ atOnce }) {
    clearTimeout(this.#loading);
    this.#loading = setTimeout(() => this.#loadNext(), atOnce ? 0 : CALL_GOES_FIRST_MS);
  }

  #loadNext() {
    const part = this.find(`[data-later=""], [data-later="${this.state}"]`);
    if (!part) return;
    part.removeAttribute("data-later");
    part.addEventListener("htmx:afterRequest", () => this.#loadNext(), { once: true });
    this.#fetch(part, "later");
  }

  #fetch(part, trigger) {
    htmxIsReady.then(() => window.htmx.trigger(part, trigger));
  }

  #announceNews(part) {
    if (part.closest("[hidden]")) return; // of another state of the room
    const news = part.matches("[data-say]") ? part : part.querySelector("[data-say]");
    const text = news?.textContent.trim() ?? "";
    if (text && text !== this.#spoken) this.announce(text);
    this.#spoken = text;
  }

  /** A list is not fetched anew under a question that is being answered. */
  #keepOpenDialog(event) {
    const { elt, requestConfig } = event.detail;
    if (elt.id === "waiting" && requestConfig.verb === "get" && this.find("dialog[open]")) event.preventDefault();
  }
}
