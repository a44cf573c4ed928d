/** One tab of a browser shows a firing: the one that holds its lock. */

/** @param {LockManager | undefined} locks there are none on an insecure origin */
export function keepClaims(locks) {
  /** @type {(() => void)[]} */
  let releases = [];
  return {
    /**
     * The lock is kept as long as the document is there: a later tab shall not show it either.
     *
     * @param {string} fire @returns {Promise<boolean>} whether this tab may show it
     */
    claim: (fire) =>
      new Promise((answer) => {
        if (!locks) return answer(true);
        locks.request(`shopbell.${fire}`, { ifAvailable: true }, (lock) => {
          answer(Boolean(lock));
          return lock && new Promise((release) => releases.push(() => release(null)));
        });
      }),

    /** Who holds a lock is not kept in the back/forward cache. */
    release() {
      for (const release of releases) release();
      releases = [];
    },
  };
}
