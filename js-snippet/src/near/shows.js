/** The popups: each firing is shown once, in one tab of the browser, in a page that is seen. */

/** The engine releases a firing that nobody viewed within 60 s; later it must not show up. */
const WAIT_MS = 55_000;

/**
 * @typedef {{
 *   fire: string,
 *   popup: import('../types.js').Popup,
 *   untilMs: number,
 *   place: number,
 *   held?: string,
 *   open?: import('../types.js').Open,
 * }} Firing place: a bar leaves the page usable, and has one of its own
 */
/** @typedef {ReturnType<typeof showPopups>} Shows */

/**
 * @param {Pick<import('../types.js').NearPorts, 'seen' | 'now' | 'report' | 'cart'> & {
 *   turn: () => void,
 *   open: import('../types.js').Renderer['open'],
 *   landing: () => boolean,
 *   claim: (fire: string) => Promise<boolean>,
 *   letGo: () => void,
 *   calm: ReturnType<typeof import('./quiet.js').keepQuiet>,
 * }} ports turn: what else a turn of the page is for; landing: a phone has just come here, and has room for nothing but a bar
 */
export function showPopups({ turn, open, claim, letGo, calm, seen, landing, now, report, cart }) {
  /** @type {Set<string>} */
  const known = new Set();
  /** @type {Firing[]} */
  let waiting = [];
  /** The firings that have the screen, by their places. @type {(Firing | undefined)[]} */
  const shown = [];
  /** This page view has had its popup, and the shopper has asked for no other with a click in it. */
  let interrupted = false;

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

  /** @param {Firing} firing */
  const render = async (firing) => {
    const { fire, popup, untilMs } = firing;
    const has = () => shown.includes(firing);
    const gone = () => free(firing);
    if (!(await claim(fire))) gone();
    if (!has()) return;
    firing.open = open(
      popup,
      (name, data) => {
        if (name === 'popup_view') interrupted ||= !firing.place;
        if (/ck|mit/.test(name)) interrupted = false;
        if (has()) report(name, { ...data, fire });
      },
      undefined,
      gone,
      (act) =>
        calm(
          () => (untilMs > now() ? act() : gone()),
          (reason) => hold(firing, reason),
          gone,
        ),
      cart,
    );
  };

  /** What holds it back now. @param {Firing} firing */
  const obstacle = ({ place }) => {
    if (!seen()) return 'hidden';
    if (shown[place]) return 'popup';
    return place ? '' : interrupted ? 'view' : landing() ? 'landing' : '';
  };

  /** Shows what waits, if the page is seen and there is room. */
  const next = () => {
    waiting = waiting.filter((firing) => {
      const reason = obstacle(firing);
      if (firing.untilMs <= now()) return false;
      if (reason) hold(firing, reason);
      else {
        shown[firing.place] = firing;
        render(firing).catch(() => free(firing));
      }
      return reason;
    });
  };

  /** @param {Firing} firing has left the screen */
  const free = (firing) => {
    if (shown[firing.place] !== firing) return;
    shown[firing.place] = undefined;
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

    /** Another page view begins in this document. */
    turn() {
      turn();
      interrupted = false;
      next();
    },

    /** The engine says so, perhaps again. @param {string} fire @param {import('../types.js').Popup} popup @param {number} atMs */
    show(fire, popup, atMs) {
      if (known.has(fire)) return;
      known.add(fire);
      waiting.push({
        fire,
        popup: { ...popup, at: atMs },
        untilMs: atMs + WAIT_MS,
        place: Number(popup.kind === 'bar'),
      });
      next();
    },

    /** The cart has changed. */
    update() {
      for (const firing of shown) firing?.open?.update(cart() ?? {});
    },

    /** The page is left: what was not seen yet may be offered again. */
    leave() {
      for (const { fire } of waiting) known.delete(fire);
      waiting = [];
      for (const firing of shown) if (firing) hide(firing.fire);
      interrupted = false;
      letGo();
    },
  };
}
