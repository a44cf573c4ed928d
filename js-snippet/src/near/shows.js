/** The popups: each firing is shown once, in one tab of the browser, in a page that is seen. */

/** The engine releases a firing that nobody viewed within 60 s; later it must not show up. */
const WAIT_MS = 55_000;

/** @typedef {{fire: string, popup: import('../types.js').Popup, untilMs: number, held?: string}} Firing */
/** @typedef {ReturnType<typeof showPopups>} Shows */

/** A bar leaves the page usable: it has a place of its own. @param {Firing} firing */
const placeOf = ({ popup: { kind } }) => Number(kind === 'bar');

/**
 * @param {Pick<import('../types.js').NearPorts, 'load' | 'seen' | 'now' | 'report' | 'cart'> & {
 *   landing: () => boolean,
 *   claim: (fire: string) => Promise<boolean>,
 *   calm: ReturnType<typeof import('./quiet.js').keepQuiet>,
 * }} ports landing: a phone has just come here, and has room for nothing but a bar
 */
export function showPopups({ load, claim, calm, seen, landing, now, report, cart }) {
  /** @type {Set<string>} */
  const known = new Set();
  /** @type {Firing[]} */
  let waiting = [];
  /** The firings that have the screen, by their places. @type {(Firing & {open?: import('../types.js').Open} | undefined)[]} */
  const shown = [];

  /**
   * Tells the engine what the page holds a popup back by, when that is another reason than before.
   *
   * @param {Firing} firing @param {string} reason
   */
  const hold = (firing, reason) => {
    if (firing.held === reason) return;
    firing.held = reason;
    report('popup_held', { fire: firing.fire, reason });
  };

  /** @param {Firing & {open?: import('../types.js').Open}} firing */
  const render = async (firing) => {
    const { fire, popup } = firing;
    const has = () => shown.includes(firing);
    const [mine, renderer] = await Promise.all([claim(fire), load()]);
    if (!renderer) throw new Error('the renderer did not come');
    if (!mine) free(firing);
    if (!has()) return;
    firing.open = renderer.open(
      popup,
      (name, data) => {
        if (has()) report(name, { ...data, fire });
      },
      undefined,
      () => free(firing),
      (act) =>
        calm(
          () => (firing.untilMs > now() ? act() : free(firing)),
          (reason) => hold(firing, reason),
          placeOf(firing) > 0,
        ),
    );
    const told = cart();
    if (told) firing.open?.update?.(told);
  };

  /** Shows what waits, if the page is seen and there is room. */
  const next = () => {
    if (!seen()) {
      for (const firing of waiting) hold(firing, 'hidden');
      return;
    }
    waiting = waiting.filter(({ untilMs }) => untilMs > now());
    waiting = waiting.filter((firing) => {
      const place = placeOf(firing);
      const reason = shown[place] ? 'popup' : !place && landing() ? 'landing' : '';
      if (reason) {
        hold(firing, reason);
        return true;
      }
      shown[place] = firing;
      render(firing).catch(() => {
        // the renderer did not come: the engine may offer this firing again
        known.delete(firing.fire);
        free(firing);
      });
      return false;
    });
  };

  /** @param {Firing} firing has left the screen */
  const free = (firing) => {
    const place = shown.indexOf(firing);
    if (place < 0) return;
    shown[place] = undefined;
    next();
  };

  /** The engine took it back. @param {string} fire */
  const hide = (fire) => {
    waiting = waiting.filter((firing) => firing.fire !== fire);
    const firing = shown.find((each) => each?.fire === fire);
    if (!firing) return;
    free(firing);
    firing.open?.close();
  };

  return {
    next,
    hide,

    /** The engine says so, perhaps again. @param {string} fire @param {import('../types.js').Popup} popup @param {number} atMs */
    show(fire, popup, atMs) {
      if (known.has(fire)) return;
      known.add(fire);
      waiting.push({ fire, popup: { ...popup, at: atMs }, untilMs: atMs + WAIT_MS });
      next();
    },

    /** The cart has changed. */
    update() {
      for (const firing of shown) firing?.open?.update?.(cart() ?? {});
    },

    /** The page is left: what was not seen yet may be offered again. */
    leave() {
      for (const { fire } of waiting) known.delete(fire);
      waiting = [];
      for (const firing of shown) if (firing) hide(firing.fire);
    },
  };
}
