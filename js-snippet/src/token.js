/** Who this browser is to the engine: the token of its last welcome. */
import { recall, remember } from './store.js';

const KEY = 'shopbell.token';

/** @typedef {ReturnType<typeof keepToken>} Token */

/** @param {import('./store.js').Area} browser @param {LockManager | undefined} locks */
export function keepToken(browser, locks) {
  /** For a browser that stores nothing. @type {string | null} */
  let last = null;
  const value = () => recall(browser, KEY) ?? last;
  return {
    value,

    /** @param {string} token */
    keep(token) {
      last = token;
      remember(browser, KEY, token);
    },

    /** The shopper no longer consents to be known. */
    forget() {
      last = null;
    },

    /**
     * Connects, one tab after the other as long as there is no token: two tabs that a new
     * visitor opens at once must become one visitor. There are no locks on an insecure
     * origin or in an old browser, and none are given where storage is blocked: then nobody waits.
     *
     * @param {() => Promise<void>} connect settles when the welcome came, or the try failed; does nothing once its
     *   place in the line is given up
     * @param {AbortSignal} signal gives up the place in the line
     */
    inTurn(connect, signal) {
      if (value() || !locks) return connect();
      const turn = () => {
        const done = connect();
        return value() ? undefined : done;
      };
      return locks.request(KEY, { signal }, turn).catch(connect);
    },
  };
}
