/**
 * The border to the shop's page: whatever goes wrong in the snippet stays in the snippet.
 */

/**
 * Returns the function with its errors kept inside.
 *
 * @template {unknown[]} A, R
 * @param {(...args: A) => R} act
 * @returns {(...args: A) => R | undefined}
 */
export function safely(act) {
  return (...args) => {
    try {
      return act(...args);
    } catch {
      // a shop must not notice that something failed here
    }
  };
}

/**
 * Options that inherit nothing: a shop may have put a `once` or a `signal` into all objects.
 *
 * @template {object} T
 * @param {T} options @returns {T}
 */
export const bare = (options) => ({ __proto__: null, ...options });

/**
 * Listens for events, named in one string, before the page can stop them.
 *
 * @template {Event} E
 * @param {EventTarget} target @param {string} names @param {(event: E) => void} act
 */
export function on(target, names, act) {
  const listener = /** @type {EventListener} */ (safely(act));
  for (const name of names.split(' ')) {
    target.addEventListener(name, listener, bare({ capture: true, passive: true }));
  }
}

/** @type {import('./types.js').After} */
export function after(ms, then) {
  // a wait of more than 2^31 ms would be over at once
  const timer = setTimeout(safely(then), Math.min(ms, 1e9));
  return () => clearTimeout(timer);
}
