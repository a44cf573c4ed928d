/** The armed moments of the page: when one is reached, it is reported at once. */
import { crossed, gap } from './marks.js';

/** What takes no more than a look at a clock. What else is armed has its watch fetched. */
const TIMED = /page_dwell|wake/;

/** @typedef {'exit_intent' | 'tab_return' | 'copy'} Signal */
/** @typedef {typeof import('./signals.js')} Signals */

/**
 * Watches for what the engine armed.
 *
 * @param {Pick<import('../types.js').NearPorts, 'window' | 'now' | 'report' | 'seen' | 'clock' | 'dwell' | 'check'> & {
 *   part: (name: 'signals', use: (code: Signals) => void) => void,
 * }} ports part: fetches what watches the shopper's hands
 */
export function watchArmed(ports) {
  const { report, clock, dwell, check, part } = ports;
  /** @type {import('../types.js').Arm} */
  let armed = {};
  /** @type {number[]} */
  let wakesMs = [];
  let wokenMs = 0;
  /** @type {ReturnType<Signals['watchSignals']> | undefined} */
  let signals;

  return {
    /** @param {Signal} name */
    signal: (name) => signals?.signal(name),

    /** Looks at everything that is armed. @param {number} nowMs @returns {number} ms to the next of it */
    look(nowMs) {
      const totalMs = clock.totalMs(nowMs);
      if (crossed(armed.page_dwell, clock.reportedMs, Math.floor(totalMs))) dwell();
      if (crossed(wakesMs, wokenMs, nowMs)) report('wake');
      wokenMs = nowMs;
      return Math.min(
        clock.runs(nowMs) ? gap(armed.page_dwell, totalMs) : Infinity,
        gap(wakesMs, nowMs),
        signals?.look(nowMs) ?? Infinity,
      );
    },

    /**
     * Replaces what was armed. What has already come is reported here and now.
     *
     * @param {import('../types.js').Arm} arm @param {number} sinceMs its wakes count from then
     */
    arm(arm, sinceMs) {
      armed = arm;
      wakesMs = (arm.wake ?? []).map((ms) => sinceMs + ms);
      if (Object.keys(arm).some((name) => !TIMED.test(name)))
        part('signals', ({ watchSignals }) => {
          signals ??= watchSignals(ports, () => armed);
          check();
          signals.measureSoon();
        });
      check();
    },

    /** Another page is shown. */
    turn: () => signals?.turn(),

    /** The shopper did something. @returns {boolean | undefined} whether idleness ended */
    touch: () => signals?.touch(),
  };
}
