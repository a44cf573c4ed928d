/** The armed moments of the page: when one is reached, it is reported at once. */

/** How often the dwell clock wants to be looked at while it runs. */
const LOOK_MS = 2_000;
/** A signal is reported at most once in so long. */
const SIGNAL_PAUSE_MS = 1_000;

/** @typedef {'exit_intent' | 'tab_return' | 'copy'} Signal */

export class Moments {
  /** @type {import('./types.js').Arm} */
  #arm = {};
  /** @type {number[]} */
  #wakesMs = [];
  /** @type {Map<Signal, number>} */
  #signalledMs = new Map();
  #depth = 0;
  #reportedDepth = 0;
  #reportedIdleMs = 0;
  /** @type {import('./types.js').Cancel} */
  #cancel = () => {};
  #ports;

  /**
   * @param {{
   *   clock: import('./clock.js').DwellClock,
   *   now: () => number,
   *   after: import('./types.js').After,
   *   report: import('./types.js').Report,
   *   visible: () => boolean,
   *   focused: () => boolean,
   * }} ports
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /**
   * Replaces what was armed. What has already come is reported here and now.
   *
   * @param {import('./types.js').Arm} arm its wakes count from now
   */
  arm(arm) {
    const nowMs = this.#ports.now();
    this.#arm = arm;
    this.#wakesMs = (arm.wake ?? []).map((ms) => nowMs + ms);
    this.check();
  }

  /** @param {'scroll' | Signal} name */
  armed(name) {
    return Boolean(this.#arm[name]);
  }

  /** Another page is shown. */
  turnPage() {
    this.#ports.clock.turnPage(this.#ports.now());
    this.#depth = this.#reportedDepth = this.#reportedIdleMs = 0;
    this.check();
  }

  /** @param {number} percent how far down the page the shopper is */
  scrolled(percent) {
    this.#depth = Math.max(this.#depth, percent);
    this.check();
  }

  /** @param {Signal} name */
  signal(name) {
    const nowMs = this.#ports.now();
    if (
      !this.#arm[name] ||
      nowMs - (this.#signalledMs.get(name) ?? -SIGNAL_PAUSE_MS) < SIGNAL_PAUSE_MS
    )
      return;
    this.#signalledMs.set(name, nowMs);
    this.#ports.report(name);
  }

  /** The shopper did something. */
  input() {
    const { clock, now } = this.#ports;
    const nowMs = now();
    const ran = clock.runs(nowMs);
    clock.input(nowMs);
    const wasIdle = this.#reportedIdleMs > 0;
    this.#reportedIdleMs = 0;
    if (!ran || wasIdle) this.check();
  }

  /** Reports the dwell of this page that nobody heard of yet. */
  reportDwell() {
    const ms = this.#ports.clock.unreported(this.#ports.now());
    if (ms > 0) this.#ports.report('page_dwell', { ms });
  }

  /** Looks at everything that is armed, and sleeps until the next of it can come. */
  check() {
    const { clock, now, after, visible, focused } = this.#ports;
    const nowMs = now();
    clock.presence(nowMs, visible() && focused());
    const waitMs = Math.min(this.#dwell(nowMs), this.#idle(nowMs), this.#wake(nowMs));
    this.#scroll();
    this.#cancel();
    if (waitMs < Infinity) this.#cancel = after(Math.ceil(waitMs), () => this.check());
  }

  /** @param {number} nowMs @returns {number} ms to the next look */
  #dwell(nowMs) {
    const { clock } = this.#ports;
    const totalMs = clock.totalMs(nowMs);
    const open = (this.#arm.page_dwell ?? []).filter((ms) => ms > clock.reportedMs);
    if (open.some((ms) => ms <= Math.floor(totalMs))) this.reportDwell();
    if (!clock.runs(nowMs)) return Infinity;
    return Math.min(LOOK_MS, ...open.filter((ms) => ms > totalMs).map((ms) => ms - totalMs));
  }

  /** @param {number} nowMs @returns {number} ms to the next look */
  #idle(nowMs) {
    if (!this.#ports.visible()) return Infinity;
    const quietMs = Math.floor(nowMs - this.#ports.clock.inputMs);
    const open = (this.#arm.idle ?? []).filter((ms) => ms > this.#reportedIdleMs);
    if (open.some((ms) => ms <= quietMs)) {
      this.#reportedIdleMs = quietMs;
      this.#ports.report('idle', { ms: quietMs });
    }
    return Math.min(Infinity, ...open.filter((ms) => ms > quietMs).map((ms) => ms - quietMs));
  }

  /** @param {number} nowMs @returns {number} ms to the next look */
  #wake(nowMs) {
    const later = this.#wakesMs.filter((ms) => ms > nowMs);
    const come = later.length < this.#wakesMs.length;
    this.#wakesMs = later;
    if (come) this.#ports.report('wake');
    return Math.min(Infinity, ...later.map((ms) => ms - nowMs));
  }

  #scroll() {
    const open = (this.#arm.scroll ?? []).filter((percent) => percent > this.#reportedDepth);
    if (!open.some((percent) => percent <= this.#depth)) return;
    this.#reportedDepth = this.#depth;
    this.#ports.report('scroll', { percent: this.#depth });
  }
}
