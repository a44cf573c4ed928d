/** Routes in a browser without the Navigation API: Safari before 26.2, Firefox before 147. */
import { on, safely } from '../safe.js';

/**
 * Wraps the history's two ways to turn the page, and listens for the others. Routers replace and push in a row, so
 * `changed` hears of one step several times.
 *
 * @param {Window} window @param {() => void} changed
 */
export function follow(window, changed) {
  const { history } = window;
  const heard = safely(changed);
  for (const name of /** @type {const} */ (['pushState', 'replaceState'])) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      heard();
    };
  }
  on(window, 'popstate hashchange', changed);
  // the page may have turned while this was fetched
  heard();
}
