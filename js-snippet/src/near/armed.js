/** The armed moments of the page: when one is reached, it is reported at once. */
import { sense } from './gestures.js';

/** A signal is reported at most once in so long. */
const SIGNAL_PAUSE_MS = 1_000;

/** Whether a mark was passed. @param {number[] | undefined} marks @param {number} from @param {number} to */
const crossed = (marks, from, to) => marks?.some((mark) => mark > from && mark <= to);

/** How far it is to the next mark. @param {number[] | undefined} marks @param {number} at */
const gap = (marks = [], at) =>
  Math.min(...marks.filter((mark) => mark > at).map((mark) => mark - at));

/** @typedef {'exit_intent' | 'tab_return' | 'copy'} Signal */

/**
 * Watches for what the engine armed.
 *
 * @param {Pick<import('../types.js').NearPorts, 'window' | 'now' | 'report' | 'seen' | 'clock' | 'dwell' | 'check'>} ports
 */
export function watchArmed({ window, now, report, seen, clock, dwell, check }) {
  /** @type {import('../types.js').Arm} */
  let armed = {};
  /** @type {number[]} */
  let wakesMs = [];
  let wokenMs = 0;
  /** @type {Record<string, number>} */
  const signalledMs = {};
  let depth = 0;
  let reportedDepth = 0;
  let reportedIdleMs = 0;

  /** @param {number} nowMs @returns {number} ms to the next look */
  const lookAtDwell = (nowMs) => {
    const totalMs = clock.totalMs(nowMs);
    if (crossed(armed.page_dwell, clock.reportedMs, Math.floor(totalMs))) dwell();
    return clock.runs(nowMs) ? gap(armed.page_dwell, totalMs) : Infinity;
  };

  /** @param {number} nowMs @returns {number} ms to the next look */
  const lookAtIdle = (nowMs) => {
    if (!seen()) return Infinity;
    const ms = Math.floor(nowMs - clock.inputMs);
    if (crossed(armed.idle, reportedIdleMs, ms)) {
      reportedIdleMs = ms;
      report('idle', { ms });
    }
    return gap(armed.idle, ms);
  };

  /** @param {number} nowMs @returns {number} ms to the next look */
  const lookAtWakes = (nowMs) => {
    if (crossed(wakesMs, wokenMs, nowMs)) report('wake');
    wokenMs = nowMs;
    return gap(wakesMs, nowMs);
  };

  const lookAtDepth = () => {
    if (!crossed(armed.scroll, reportedDepth, depth)) return;
    reportedDepth = depth;
    report('scroll', { percent: depth });
  };

  /** @param {Signal} name */
  const signal = (name) => {
    const nowMs = now();
    if (!armed[name] || nowMs - (signalledMs[name] ?? -Infinity) < SIGNAL_PAUSE_MS) return;
    signalledMs[name] = nowMs;
    report(name);
  };

  const measureSoon = sense(
    window,
    now,
    (name) => armed[name],
    signal,
    (percent) => {
      depth = Math.max(depth, percent);
      lookAtDepth();
    },
  );

  return {
    signal,

    /** Looks at everything that is armed. @param {number} nowMs @returns {number} ms to the next of it */
    look(nowMs) {
      lookAtDepth();
      return Math.min(lookAtDwell(nowMs), lookAtIdle(nowMs), lookAtWakes(nowMs));
    },

    /**
     * Replaces what was armed. What has already come is reported here and now.
     *
     * @param {import('../types.js').Arm} arm @param {number} sinceMs its wakes count from then
     */
    arm(arm, sinceMs) {
      armed = arm;
      wakesMs = (arm.wake ?? []).map((ms) => sinceMs + ms);
      check();
      measureSoon();
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
