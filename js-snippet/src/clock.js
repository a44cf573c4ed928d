/** Attention: the page is visible, has the focus, and the shopper did something lately. */

/** Without input for so long, the shopper is thought to be away. */
const IDLE_MS = 30_000;
/** Nobody looked at the clock for longer than this: the machine slept, or hung. */
const GAP_MS = 6_000;

/**
 * Measures the attentive time of one page view after another.
 *
 * Times are those of performance.now(): it never jumps, but on some systems it runs on
 * while the machine sleeps, so the clock wants to be looked at every few seconds and
 * counts a longer gap only up to GAP_MS.
 */
export class DwellClock {
  #present = false;
  #seenMs = 0;
  #totalMs = 0;
  /** When the shopper last did something. */
  inputMs = 0;
  /** How much of this page view's time was handed out by `unreported`. */
  reportedMs = 0;

  /** The attentive time on this page view. @param {number} nowMs */
  totalMs(nowMs) {
    if (this.#present) {
      const untilMs = Math.min(nowMs, this.inputMs + IDLE_MS, this.#seenMs + GAP_MS);
      this.#totalMs += Math.max(0, untilMs - this.#seenMs);
    }
    this.#seenMs = nowMs;
    return this.#totalMs;
  }

  /**
   * The page came to the front, or went to the back.
   *
   * @param {number} nowMs @param {boolean} present visible and focused
   */
  presence(nowMs, present) {
    this.totalMs(nowMs);
    this.#present = present;
  }

  /** The shopper did something. @param {number} nowMs */
  input(nowMs) {
    this.totalMs(nowMs);
    this.inputMs = nowMs;
  }

  /** Another page is shown; to open it was an input. @param {number} nowMs */
  turnPage(nowMs) {
    this.input(nowMs);
    this.#totalMs = this.reportedMs = 0;
  }

  /** Whether time counts right now. @param {number} nowMs */
  runs(nowMs) {
    return this.#present && nowMs - this.inputMs < IDLE_MS;
  }

  /** Hands out the whole milliseconds that were not handed out yet. @param {number} nowMs */
  unreported(nowMs) {
    const ms = Math.floor(this.totalMs(nowMs)) - this.reportedMs;
    this.reportedMs += ms;
    return ms;
  }
}
