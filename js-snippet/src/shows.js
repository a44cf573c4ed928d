/** The popups: each firing is shown once, in one tab of the browser, in a page that is seen. */

/** @typedef {{fire: string, popup: object, untilMs: number}} Firing */

/** The engine releases a firing that nobody viewed within 60 s; later it must not show up. */
const WAIT_MS = 55_000;

export class Shows {
  /** @type {Set<string>} */
  #known = new Set();
  /** @type {Firing[]} */
  #waiting = [];
  /** The firing that has the screen. @type {string | null} */
  #fire = null;
  /** @type {{close(): void} | undefined} */
  #popup;
  #ports;

  /**
   * @param {{
   *   load: () => Promise<import('./types.js').Renderer>,
   *   claim: (fire: string) => Promise<boolean>,
   *   visible: () => boolean,
   *   now: () => number,
   *   report: import('./types.js').Report,
   * }} ports
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** The engine says so, perhaps again. @param {string} fire @param {object} popup */
  show(fire, popup) {
    if (this.#known.has(fire)) return;
    this.#known.add(fire);
    this.#waiting.push({ fire, popup, untilMs: this.#ports.now() + WAIT_MS });
    this.next();
  }

  /** Shows what waits, if the page is seen and no popup is open. */
  next() {
    const { visible, now } = this.#ports;
    if (this.#fire || !visible()) return;
    const firing = this.#waiting.shift();
    if (!firing) return;
    if (firing.untilMs < now()) {
      this.next();
      return;
    }
    this.#fire = firing.fire;
    this.#render(firing).catch(() => {
      // the renderer did not come: the engine may offer this firing again
      this.#known.delete(firing.fire);
      this.#free(firing.fire);
    });
  }

  /** @param {Firing} firing */
  async #render({ fire, popup }) {
    const { claim, load, report } = this.#ports;
    const [mine, renderer] = await Promise.all([claim(fire), load()]);
    if (fire !== this.#fire) return;
    if (!mine) {
      this.#free(fire);
      return;
    }
    this.#popup = renderer.open(popup, (name, data) => {
      if (fire !== this.#fire) return;
      report(name, { ...data, fire });
      if (name === 'popup_close') this.#free(fire);
    });
  }

  /** @param {string} fire has left the screen */
  #free(fire) {
    if (fire !== this.#fire) return;
    this.#fire = null;
    this.#popup = undefined;
    this.next();
  }

  /** The engine took it back. @param {string} fire */
  hide(fire) {
    this.#waiting = this.#waiting.filter((firing) => firing.fire !== fire);
    if (fire !== this.#fire) return;
    const popup = this.#popup;
    this.#free(fire);
    popup?.close();
  }

  /** The page is left: what was not seen yet may be offered again. */
  leave() {
    for (const { fire } of this.#waiting) this.#known.delete(fire);
    this.#waiting = [];
    if (this.#fire) this.hide(this.#fire);
  }
}
