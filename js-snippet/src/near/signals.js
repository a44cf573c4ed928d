/**
 * The armed moments that are made by the shopper's hands, or by their rest. Fetched when the engine arms one of them.
 */
import { sense } from './gestures.js';
import { crossed, gap } from './marks.js';

/** A signal is reported at most once in so long. */
const SIGNAL_PAUSE_MS = 1_000;

/** @typedef {import('./armed.js').Signal} Signal */

/**
 * @param {Pick<import('../types.js').NearPorts, 'window' | 'now' | 'report' | 'seen' | 'clock'>} ports
 * @param {() => import('../types.js').Arm} armed what is armed now
 */
export function watchSignals({ window, now, report, seen, clock }, armed) {
  /** @type {Record<string, number>} */
  const signalledMs = {};
  let depth = 0;
  let reportedDepth = 0;
  let reportedIdleMs = 0;

  const lookAtDepth = () => {
    if (!crossed(armed().scroll, reportedDepth, depth)) return;
    reportedDepth = depth;
    report('scroll', { percent: depth });
  };

  /** @param {Signal} name */
  const signal = (name) => {
    const nowMs = now();
    if (!armed()[name] || nowMs - (signalledMs[name] ?? -Infinity) < SIGNAL_PAUSE_MS) return;
    signalledMs[name] = nowMs;
    report(name);
  };

  return {
    signal,

    /** Measures the depth although nobody scrolls: it was armed just now. */
    measureSoon: sense(
      window,
      now,
      (name) => armed()[name],
      signal,
      (percent) => {
        depth = Math.max(depth, percent);
        lookAtDepth();
      },
    ),

    /** @param {number} nowMs @returns {number} ms to the next look */
    look(nowMs) {
      lookAtDepth();
      if (!seen()) return Infinity;
      const ms = Math.floor(nowMs - clock.inputMs);
      if (crossed(armed().idle, reportedIdleMs, ms)) {
        reportedIdleMs = ms;
        report('idle', { ms });
      }
      return gap(armed().idle, ms);
    },

    /** Another page is shown. */
    turn() {
      depth = reportedDepth = reportedIdleMs = 0;
    },

    /** The shopper did something. @returns {boolean} whether idleness ended */
    touch() {
      const idle = reportedIdleMs > 0;
      reportedIdleMs = 0;
      return idle;
    },
  };
}
