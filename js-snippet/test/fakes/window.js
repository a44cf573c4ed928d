/** A window whose listeners and frames the test sets off. */

export function fakeWindow({ coarse = false } = {}) {
  /** @type {Map<string, (event: any) => void>} */
  const listeners = new Map();
  /** @type {(() => void)[]} */
  const frames = [];
  const addEventListener = (/** @type {string} */ name, /** @type {any} */ act) =>
    listeners.set(name, act);
  /** @type {any} */
  const window = {
    addEventListener,
    document: { addEventListener, documentElement: { scrollHeight: 3_000 } },
    innerHeight: 1_000,
    scrollY: 0,
    matchMedia: () => ({ matches: coarse }),
    requestAnimationFrame: (/** @type {() => void} */ act) => frames.push(act),
  };
  const happens = (/** @type {string} */ name, /** @type {any} */ event = {}) =>
    listeners.get(name)?.(event);
  /** @param {number} percent of the way down */
  const scrollTo = (percent) => {
    window.scrollY = percent * 20;
    happens('scroll');
    frames.pop()?.();
  };
  return { window, frames, happens, scrollTo };
}
