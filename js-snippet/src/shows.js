/** The popups: each firing is shown once, in one tab of the browser, in a page that is seen. */

/** The engine releases a firing that nobody viewed within 60 s; later it must not show up. */
const WAIT_MS = 55_000;

/** @typedef {{fire: string, popup: object, untilMs: number}} Firing */
/** @typedef {ReturnType<typeof showPopups>} Shows */

/**
 * @param {{
 *   load: () => Promise<import('./types.js').Renderer>,
 *   claim: (fire: string) => Promise<boolean>,
 *   visible: () => boolean,
 *   now: () => number,
 *   report: import('./types.js').Report,
 * }} ports
 */
export function showPopups({ load, claim, visible, now, report }) {
  /** @type {Set<string>} */
  const known = new Set();
  /** @type {Firing[]} */
  let waiting = [];
  /** The firing that has the screen. @type {string | undefined} */
  let shown;
  /** @type {{close(): void} | undefined} */
  let open;

  /** @param {Firing} firing */
  const render = async ({ fire, popup }) => {
    const [mine, renderer] = await Promise.all([claim(fire), load()]);
    if (fire !== shown) return;
    if (!mine) return free(fire);
    open = renderer.open(popup, (name, data) => {
      if (fire !== shown) return;
      report(name, { ...data, fire });
      if (name === 'popup_close') free(fire);
    });
  };

  /** Shows what waits, if the page is seen and no popup is open. */
  const next = () => {
    if (shown || !visible()) return;
    waiting = waiting.filter(({ untilMs }) => untilMs > now());
    const firing = waiting.shift();
    if (!firing) return;
    shown = firing.fire;
    render(firing).catch(() => {
      // the renderer did not come: the engine may offer this firing again
      known.delete(firing.fire);
      free(firing.fire);
    });
  };

  /** @param {string} fire has left the screen */
  const free = (fire) => {
    if (fire !== shown) return;
    shown = open = undefined;
    next();
  };

  /** The engine took it back. @param {string} fire */
  const hide = (fire) => {
    waiting = waiting.filter((firing) => firing.fire !== fire);
    if (fire !== shown) return;
    const popup = open;
    free(fire);
    popup?.close();
  };

  return {
    next,
    hide,

    /** The engine says so, perhaps again. @param {string} fire @param {object} popup */
    show(fire, popup) {
      if (known.has(fire)) return;
      known.add(fire);
      waiting.push({ fire, popup, untilMs: now() + WAIT_MS });
      next();
    },

    /** The page is left: what was not seen yet may be offered again. */
    leave() {
      for (const { fire } of waiting) known.delete(fire);
      waiting = [];
      if (shown) hide(shown);
    },
  };
}
