/** Attention: the page is visible, has the focus, and the shopper did something lately. */

/** Without input for so long, the shopper is thought to be away. */
const IDLE_MS = 30_000;
/** Nobody looked at the clock for longer than this: the machine slept, or hung. */
const GAP_MS = 6_000;

/** @typedef {ReturnType<typeof dwellClock>} DwellClock */

/**
 * Measures the attentive time of one page view after another.
 *
 * Times are those of performance.now(): it never jumps, but on some systems it runs on
 * while the machine sleeps, so the clock wants to be looked at every few seconds and
 * counts a longer gap only up to GAP_MS.
 */
export function dwellClock() {
  let isPresent = false;
  let seenMs = 0;
  let ms = 0;

  const clock = {
    /** When the shopper last did something. */
    inputMs: 0,
    /** How much of this page view's time was handed out by `unreported`. */
    reportedMs: 0,

    /** The attentive time on this page view. @param {number} nowMs */
    totalMs(nowMs) {
      const untilMs = Math.min(nowMs, clock.inputMs + IDLE_MS, seenMs + GAP_MS);
      if (isPresent) ms += Math.max(0, untilMs - seenMs);
      seenMs = nowMs;
      return ms;
    },

    /**
     * The page came to the front, or went to the back.
     *
     * @param {number} nowMs @param {boolean} present visible and focused
     */
    presence(nowMs, present) {
      clock.totalMs(nowMs);
      isPresent = present;
    },

    /** The shopper did something. @param {number} nowMs */
    input(nowMs) {
      clock.totalMs(nowMs);
      clock.inputMs = nowMs;
    },

    /** Another page is shown; to open it was an input. @param {number} nowMs */
    turnPage(nowMs) {
      clock.input(nowMs);
      ms = clock.reportedMs = 0;
    },

    /** Whether time counts right now. @param {number} nowMs */
    runs: (nowMs) => isPresent && nowMs - clock.inputMs < IDLE_MS,

    /** Hands out the whole milliseconds that were not handed out yet. @param {number} nowMs */
    unreported(nowMs) {
      const whole = Math.floor(clock.totalMs(nowMs)) - clock.reportedMs;
      clock.reportedMs += whole;
      return whole;
    },
  };
  return clock;
}
