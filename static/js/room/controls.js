// The buttons under the stage: microphone, camera, screen; and what is said when a device cannot be had.

import { say } from "./page.js";

export class Controls {
  #media;
  #page;

  constructor(media, page) {
    this.#media = media;
    this.#page = page;
    this.#bind("microphone", () => media.toggleMicrophone());
    this.#bind("camera", () => media.toggleCamera());
    this.#bind("screen", () => media.toggleScreen());
    if (!navigator.mediaDevices?.getDisplayMedia) this.#button("screen").remove();
    media.addEventListener("change", () => this.#show());
  }

  #button(name) {
    return this.#page.find(`[data-device="${name}"]`);
  }

  #bind(name, toggle) {
    this.#button(name).addEventListener("click", async (event) => {
      const button = event.currentTarget;
      button.disabled = true; // a second press would ask for the device twice
      await toggle();
      button.disabled = false;
      button.focus();
      if (name !== "screen") this.#page.announce(say(this.#media.state[name] ? `${name}_on` : `${name}_off`));
    });
  }

  #show() {
    for (const [name, isOn] of Object.entries(this.#media.state)) {
      for (const face of this.#button(name)?.querySelectorAll("[data-face]") ?? [])
        face.hidden = face.dataset.face !== (isOn ? "on" : "off");
    }
    for (const name of ["microphone", "camera"]) {
      const problem = this.#media.problems[name];
      this.#page.notice(`problem="${name}"`, problem && say(`${name}_${problem}`));
    }
  }
}
