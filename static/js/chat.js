// <portal-chat>: makes the chat of templates/chat/_panel.html live. Messages are sent and fetched over HTTP; the
// socket says up to which number there are any, so that nothing is missed after a break.
import { listen } from "./news.js";

const POLL = 15000;
const NEAR_THE_END = 80; // px

class PortalChat extends HTMLElement {
  connectedCallback() {
    if (this.log) return; // moved within the page: everything is in place
    this.log = this.querySelector("[data-log]");
    this.scroller = this.querySelector("[data-scroll]");
    this.form = this.querySelector("[data-composer]");
    this.fetching = Promise.resolve();
    this.read = 0;
    this.bindForm();
    this.watch();
    this.follow();
    this.toEnd();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop();
      this.watcher.disconnect();
      document.removeEventListener("visibilitychange", this.markRead);
    });
  }

  /** The number of the newest message that is shown. */
  get last() {
    return Number(this.log.lastElementChild?.dataset.seq ?? 0);
  }

  // What others write

  follow() {
    let timer = null;
    const catchUp = () => this.catchUp();
    const hangUp = listen(this.dataset.socket, {
      onNews: ({ message }) => message > this.last && catchUp(),
      onUp: () => {
        clearInterval(timer);
        timer = null;
        catchUp();
      },
      onDown: (forGood) => {
        if (!forGood) timer ??= setInterval(catchUp, POLL);
      },
    });
    this.stop = () => {
      clearInterval(timer);
      hangUp();
    };
  }

  /** Fetch all that came after the last message shown; one fetch at a time. Gives whether that went well. */
  catchUp() {
    this.fetching = this.fetching.then(() => this.fetchAfter(this.last)).catch(() => false);
    return this.fetching;
  }

  async fetchAfter(seq) {
    const answer = await fetch(`${this.dataset.page}?after=${seq}`, { redirect: "error" });
    if (!answer.ok) return false;
    const atEnd = this.isAtEnd;
    this.log.insertAdjacentHTML("beforeend", await answer.text());
    if (this.last === seq) return true;
    this.querySelector("[data-empty]")?.remove();
    if (atEnd) this.toEnd();
    this.markRead();
    return this.fetchAfter(this.last);
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // What I have read: what is on the screen while somebody looks

  watch() {
    this.markRead = this.markRead.bind(this);
    this.watcher = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting && !this.isSeen) this.toEnd();
      this.isSeen = entry.isIntersecting;
      this.markRead();
    });
    this.watcher.observe(this);
    document.addEventListener("visibilitychange", this.markRead);
  }

  async markRead() {
    const seq = this.last;
    if (!this.isSeen || document.hidden || seq <= this.read) return;
    this.read = seq;
    await this.post(this.dataset.read, { seq }).catch(() => (this.read = 0));
  }

  // What I write

  bindForm() {
    if (!this.form) return;
    const { body } = this.form.elements;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    body.addEventListener("keydown", (event) => {
      const isSend = event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches;
      if (!isSend) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
  }

  /** Send what stands in the field. It stays there until the server has it; sent again, it is posted once. */
  async send() {
    const { body, client_id: name } = this.form.elements;
    const text = body.value.trim();
    if (!text || this.isSending) return;
    this.isSending = true;
    this.say("");
    if (this.sentText !== text) name.value = newName();
    this.sentText = text;
    const problem = await this.post(this.dataset.post, { body: text, client_id: name.value }).then(problemOf, () => true);
    this.isSending = false;
    if (problem) {
      this.say(problem === true ? this.querySelector("[data-problem]").dataset.unsent : problem);
      return;
    }
    this.sentText = null;
    if (body.value.trim() === text) body.value = "";
    await this.catchUp();
    this.toEnd();
  }

  say(text) {
    this.querySelector("[data-problem]").textContent = text;
  }

  post(address, facts) {
    return fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(facts),
    });
  }

  /** Django's token, which the page's body carries for htmx. */
  get token() {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  }
}

const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What an answer of the API says went wrong: false for nothing, words for the person, or true. */
async function problemOf(answer) {
  if (answer.ok) return false;
  if (![400, 409].includes(answer.status)) return true;
  const { body, detail } = await answer.json();
  return body?.[0] ?? detail ?? true;
}

customElements.define("portal-chat", PortalChat);
