/** One tab of a browser shows a firing: the one that holds its lock. */

export class Claims {
  #locks;
  /** @type {(() => void)[]} */
  #releases = [];

  /** @param {LockManager | undefined} locks there are none on an insecure origin */
  constructor(locks) {
    this.#locks = locks;
  }

  /**
   * The lock is kept as long as the document is there: a later tab shall not show it either.
   *
   * @param {string} fire @returns {Promise<boolean>} whether this tab may show it
   */
  claim(fire) {
    const locks = this.#locks;
    if (!locks) return Promise.resolve(true);
    return new Promise((answer) => {
      locks
        .request(`shopbell.${fire}`, { ifAvailable: true }, (lock) => {
          answer(lock !== null);
          return lock && new Promise((release) => this.#releases.push(() => release(null)));
        })
        .catch(() => answer(true));
    });
  }

  /** Who holds a lock is not kept in the back/forward cache. */
  release() {
    for (const release of this.#releases.splice(0)) release();
  }
}
