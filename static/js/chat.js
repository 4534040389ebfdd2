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
      onNews: (news) => {
        if (news.message > this.last) catchUp();
        if (news.read && news.by_doctor !== this.isDoctor) this.showRead(news.read);
      },
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
    if (!this.isSeen) this.dispatchEvent(new Event("unseen", { bubbles: true }));
    return this.fetchAfter(this.last);
  }

  get isDoctor() {
    return "asDoctor" in this.dataset;
  }

  /** The other side has read all up to `seq`. */
  showRead(seq) {
    for (const mark of this.querySelectorAll("[data-seq] [data-read]")) {
      mark.hidden &&= Number(mark.closest("[data-seq]").dataset.seq) > seq;
    }
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
      if (this.isSeen) this.dispatchEvent(new Event("seen", { bubbles: true }));
      this.markRead();
    });
    this.watcher.observe(this);
    document.addEventListener("visibilitychange", this.markRead);
  }

  async markRead() {
    const seq = this.last;
    if (!this.dataset.read || !this.isSeen || document.hidden || seq <= this.read) return;
    this.read = seq;
    await this.post(this.dataset.read, { seq }).catch(() => (this.read = 0));
  }

  // What I write

  bindForm() {
    if (!this.form) return;
    const { body, file } = this.form.elements;
    file?.addEventListener("change", () => this.showFile());
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
    const { body, client_id: name, file } = this.form.elements;
    const text = body.value.trim();
    const chosen = file?.files[0]; // guests add no files
    if ((!text && !chosen) || this.isSending) return;
    this.isSending = true;
    this.say("");
    if (this.sentText !== text || this.sentFile !== chosen) name.value = newName();
    this.sentText = text;
    this.sentFile = chosen;
    const problem = await this.post(this.dataset.post, withFile({ body: text, client_id: name.value }, chosen)).then(problemOf, () => true);
    this.isSending = false;
    if (problem) {
      this.say(problem === true ? this.querySelector("[data-problem]").dataset.unsent : problem);
      return;
    }
    this.sentText = null;
    if (body.value.trim() === text) body.value = "";
    if (chosen && file.files[0] === chosen) file.value = "";
    this.showFile();
    await this.catchUp();
    this.toEnd();
  }

  /** The name of the file that would be sent. */
  showFile() {
    this.form.querySelector("[data-chosen]").textContent = this.form.elements.file?.files[0]?.name ?? "";
  }

  say(text) {
    this.querySelector("[data-problem]").textContent = text;
  }

  /** Send `facts`: an object as JSON, or FormData where there is a file. */
  post(address, facts) {
    const isForm = facts instanceof FormData;
    return fetch(address, {
      method: "POST",
      headers: { ...(isForm ? {} : { "Content-Type": "application/json" }), "X-CSRFToken": this.token },
      body: isForm ? facts : JSON.stringify(facts),
    });
  }

  /** Django's token, which the page's body carries for htmx. */
  get token() {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  }
}

const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function withFile(facts, file) {
  if (!file) return facts;
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...facts, file })) form.append(name, value);
  return form;
}

/** What an answer of the API says went wrong: false for nothing, words for the person, or true. */
async function problemOf(answer) {
  if (answer.ok) return false;
  if (![400, 409].includes(answer.status)) return true;
  const { body, file, detail } = await answer.json();
  return body?.[0] ?? file?.[0] ?? detail ?? true;
}

customElements.define("portal-chat", PortalChat);
