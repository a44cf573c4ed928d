/** The popup renderer: a module of its own, fetched when the first popup is near. */
import { after } from './safe.js';

/** @typedef {import('./types.js').Renderer} Renderer */

/** @param {() => string} url */
export function fetchRenderer(url) {
  /** @type {Promise<Renderer> | null} */
  let renderer = null;

  /** After a failure, the next call tries again. @returns {Promise<Renderer>} */
  const load = () => {
    renderer ??= import(url()).catch((error) => {
      renderer = null;
      throw error;
    });
    return /** @type {Promise<Renderer>} */ (renderer);
  };

  return {
    load,

    /** Fetches it when the page has nothing better to do. Safari has no idle callbacks. */
    preload() {
      const then = () => load().catch(() => {});
      const soon =
        window.requestIdleCallback ?? ((/** @type {() => void} */ act) => after(200, act));
      soon(then);
    },
  };
}
