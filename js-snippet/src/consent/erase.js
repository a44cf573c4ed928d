/** Takes back what the snippet has stored in the browser. */
import { safely } from '../safe.js';

const OURS = 'shopbell.';

/** @param {Window} window */
export function eraseStorage(window) {
  const areas = /** @type {const} */ (['localStorage', 'sessionStorage']);
  for (const area of areas) {
    safely(() => {
      const storage = window[area];
      for (const key of Object.keys(storage)) if (key.startsWith(OURS)) storage.removeItem(key);
    })();
  }
}
