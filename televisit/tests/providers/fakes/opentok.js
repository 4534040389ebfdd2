// What the portal's page uses of OpenTok's script: one other person is in every session, with a picture of one colour.

const origin = new URL(document.currentScript.src).origin;

class Emitter {
  #listeners = {};

  on(name, listener) {
    this.#listeners[name] = listener;
  }

  tell(name, event) {
    setTimeout(() => this.#listeners[name]?.(event));
  }
}

function picture() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  canvas.getContext("2d").fillRect(0, 0, 64, 48);
  return Object.assign(document.createElement("video"), { srcObject: canvas.captureStream(), muted: true, autoplay: true });
}

class Session extends Emitter {
  connect(token, callback) {
    const said = { method: "POST", mode: "no-cors", body: token };
    fetch(`${origin}/connect`, said).then(() => this.#welcome(callback), callback);
  }

  #welcome(callback) {
    this.connection = { connectionId: "mine" };
    callback();
    const stream = { streamId: "theirs", name: "Patient", connection: { connectionId: "theirs" }, hasAudio: false, hasVideo: true };
    this.tell("streamCreated", { stream });
  }

  subscribe() {
    const subscriber = new Emitter();
    subscriber.tell("videoElementCreated", { element: picture() });
    return subscriber;
  }

  publish(publisher) {
    publisher.tell("videoElementCreated", { element: picture() });
  }

  disconnect() {}
}

class Publisher extends Emitter {
  publishAudio() {}
  publishVideo() {}
  destroy() {}
}

window.OT = { initSession: () => new Session(), initPublisher: () => new Publisher() };
