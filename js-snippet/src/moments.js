/** How long the shopper attends to the page, and the watch over the moments that the engine arms. */

/** How often the dwell clock wants to be looked at while it runs. */
const LOOK_MS = 2_000;

/** @typedef {ReturnType<typeof watchMoments>} Moments */
/** @typedef {import('./types.js').Near} Near */

/**
 * @param {{
 *   clock: import('./clock.js').DwellClock,
 *   now: () => number,
 *   after: import('./types.js').After,
 *   report: import('./types.js').Report,
 *   visible: () => boolean,
 *   focused: () => boolean,
 *   near: () => Near | undefined,
 * }} ports near: what watches over armed moments, once something is armed
 */
export function watchMoments({ clock, now, after, report, visible, focused, near }) {
  let cancel = () => {};

  /** Looks at everything that is armed, and sleeps until the next of it can come. */
  const check = () => {
    const nowMs = now();
    clock.presence(nowMs, visible() && focused());
    const waitMs = Math.min(
      near()?.look(nowMs) ?? Infinity,
      clock.runs(nowMs) ? LOOK_MS : Infinity,
    );
    cancel();
    if (waitMs < Infinity) cancel = after(Math.ceil(waitMs), check);
  };

  return {
    check,

    /** Reports the dwell of this page that nobody heard of yet. */
    reportDwell() {
      const ms = clock.unreported(now());
      if (ms > 0) report('page_dwell', { ms });
    },

    /** Another page is shown. */
    turnPage() {
      clock.turnPage(now());
      near()?.turn();
      check();
    },

    /** The shopper did something. */
    input() {
      const nowMs = now();
      const away = near()?.touch() || !clock.runs(nowMs);
      clock.input(nowMs);
      if (away) check();
    },
  };
}
