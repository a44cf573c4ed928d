/** What goes over the network, seen from outside: no fetch and no XMLHttpRequest of the shop's is wrapped. */
import { safely } from '../safe.js';

/** Requests of one change come in a row. */
const TOGETHER_MS = 150;

/** @param {any} window @param {import('../types.js').After} after */
export function requests(window, after) {
  /** Runs it once, a moment after the last call. @param {() => void} act @returns {() => void} */
  const soon = (act) => {
    let cancel = () => {};
    return () => {
      cancel();
      cancel = after(TOGETHER_MS, act);
    };
  };
  return {
    soon,

    /**
     * Calls back when the page has made a request to such an address.
     *
     * @param {RegExp} address @param {() => void} act
     */
    onRequest(address, act) {
      safely(() =>
        new window.PerformanceObserver(
          safely((/** @type {any} */ list) => {
            const names = list.getEntries().map((/** @type {any} */ { name }) => name);
            if (names.some((/** @type {string} */ name) => address.test(name))) act();
          }),
        ).observe({ type: 'resource' }),
      )();
    },

    /**
     * Reads JSON of the shop's own host, as the shop's pages do. Undefined if there is none.
     *
     * @param {string} path @returns {Promise<any>}
     */
    async json(path) {
      const url = new URL(path, window.location.href);
      if (url.origin !== window.location.origin) return;
      const answer = await window.fetch(url, {
        headers: { Accept: 'application/json' },
        credentials: 'same-origin',
      });
      return answer.ok ? answer.json() : undefined;
    },
  };
}
