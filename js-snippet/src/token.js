/** Who this browser is to the engine: the token of its last welcome. */

const KEY = 'shopbell.token';

export class Token {
  #store;
  #locks;

  /** @param {import('./store.js').Store} store of the browser @param {LockManager | undefined} locks */
  constructor(store, locks) {
    this.#store = store;
    this.#locks = locks;
  }

  get value() {
    return this.#store.get(KEY);
  }

  /** @param {string} token */
  keep(token) {
    if (token !== this.value) this.#store.set(KEY, token);
  }

  /**
   * Connects, one tab after the other as long as there is no token: two tabs that a new
   * visitor opens at once must become one visitor. There are no locks on an insecure
   * origin, or in an old browser: then nobody waits.
   *
   * @param {() => Promise<void>} connect settles when the welcome came, or the try failed
   * @param {AbortSignal} signal gives up the place in the line
   */
  inTurn(connect, signal) {
    if (this.value || !this.#locks) return connect();
    const mine = () => {
      const done = connect();
      return this.value ? undefined : done;
    };
    return this.#locks.request(KEY, { signal }, mine).catch(() => {});
  }
}
