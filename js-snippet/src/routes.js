/** The routes of a single-page shop. */
import { on, safely } from './safe.js';

/**
 * Calls `changed` whenever the address has become another.
 *
 * Safari before 26.2 and Firefox before 147 have no Navigation API: there, the history is
 * wrapped. Routers replace and push in a row, so `changed` hears of one step several times.
 *
 * @param {Window & {navigation?: EventTarget}} window @param {() => void} changed
 */
export function onRoute(window, changed) {
  if (window.navigation) {
    on(window.navigation, 'currententrychange', changed);
    return;
  }
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
}
