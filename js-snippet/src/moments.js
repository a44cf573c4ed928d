/** The armed moments of the page: when one is reached, it is reported at once. */

/** How often the dwell clock wants to be looked at while it runs. */
const LOOK_MS = 2_000;
/** A signal is reported at most once in so long. */
const SIGNAL_PAUSE_MS = 1_000;

/** Whether a mark was passed. @param {number[] | undefined} marks @param {number} from @param {number} to */
const crossed = (marks, from, to) => marks?.some((mark) => mark > from && mark <= to);

/** How far it is to the next mark. @param {number[] | undefined} marks @param {number} at */
const gap = (marks = [], at) =>
  Math.min(...marks.filter((mark) => mark > at).map((mark) => mark - at));

/** @typedef {'exit_intent' | 'tab_return' | 'copy'} Signal */
/** @typedef {ReturnType<typeof watchMoments>} Moments */

/**
 * Watches for what the engine armed.
 *
 * @param {{
 *   clock: import('./clock.js').DwellClock,
 *   now: () => number,
 *   after: import('./types.js').After,
 *   report: import('./types.js').Report,
 *   visible: () => boolean,
 *   focused: () => boolean,
 * }} ports
 */
export function watchMoments({ clock, now, after, report, visible, focused }) {
  /** @type {import('./types.js').Arm} */
  let armed = {};
  /** @type {number[]} */
  let wakesMs = [];
  let wokenMs = 0;
  /** @type {Record<string, number>} */
  const signalledMs = {};
  let depth = 0;
  let reportedDepth = 0;
  let reportedIdleMs = 0;
  let cancel = () => {};

  const reportDwell = () => {
    const ms = clock.unreported(now());
    if (ms > 0) report('page_dwell', { ms });
  };

  /** @param {number} nowMs @returns {number} ms to the next look */
  const lookAtDwell = (nowMs) => {
    const totalMs = clock.totalMs(nowMs);
    if (crossed(armed.page_dwell, clock.reportedMs, Math.floor(totalMs))) reportDwell();
    return clock.runs(nowMs) ? Math.min(LOOK_MS, gap(armed.page_dwell, totalMs)) : Infinity;
  };

  /** @param {number} nowMs @returns {number} ms to the next look */
  const lookAtIdle = (nowMs) => {
    if (!visible()) return Infinity;
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

  /** Looks at everything that is armed, and sleeps until the next of it can come. */
  const check = () => {
    const nowMs = now();
    clock.presence(nowMs, visible() && focused());
    lookAtDepth();
    const waitMs = Math.min(lookAtDwell(nowMs), lookAtIdle(nowMs), lookAtWakes(nowMs));
    cancel();
    if (waitMs < Infinity) cancel = after(Math.ceil(waitMs), check);
  };

  return {
    check,

    /** Reports the dwell of this page that nobody heard of yet. */
    reportDwell,

    /**
     * Replaces what was armed. What has already come is reported here and now.
     *
     * @param {import('./types.js').Arm} arm its wakes count from now
     */
    arm(arm) {
      armed = arm;
      wakesMs = (arm.wake ?? []).map((ms) => now() + ms);
      check();
    },

    /** @param {'scroll' | Signal} name */
    armed: (name) => armed[name],

    /** Another page is shown. */
    turnPage() {
      clock.turnPage(now());
      depth = reportedDepth = reportedIdleMs = 0;
      check();
    },

    /** @param {number} percent how far down the page the shopper is */
    scrolled(percent) {
      depth = Math.max(depth, percent);
      lookAtDepth();
    },

    /** @param {Signal} name */
    signal(name) {
      const nowMs = now();
      if (!armed[name] || nowMs - (signalledMs[name] ?? -Infinity) < SIGNAL_PAUSE_MS) return;
      signalledMs[name] = nowMs;
      report(name);
    },

    /** The shopper did something. */
    input() {
      const nowMs = now();
      const away = reportedIdleMs || !clock.runs(nowMs);
      clock.input(nowMs);
      reportedIdleMs = 0;
      if (away) check();
    },
  };
}
