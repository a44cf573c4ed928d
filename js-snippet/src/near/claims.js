/** One tab of a browser shows a firing: the one that holds its lock. */
import { bare } from '../safe.js';

/** @param {LockManager | undefined} locks there are none on an insecure origin */
export function keepClaims(locks) {
  /** How to release what this tab holds. @type {Map<string, (nothing: null) => void>} */
  const held = new Map();
  return {
    /**
     * The lock is kept as long as the document is there: a later tab shall not show it either.
     *
     * @param {string} fire @returns {Promise<boolean>} whether this tab may show it
     */
    claim: (fire) =>
      new Promise((answer) => {
        if (!locks || held.has(fire)) return answer(true);
        locks
          .request(`shopbell.${fire}`, bare({ ifAvailable: true }), (lock) => {
            answer(Boolean(lock));
            return lock && new Promise((release) => held.set(fire, release));
          })
          // a browser that blocks storage gives no locks: whatever it says, the answer is yes
          .catch(answer);
      }),

    /** Who holds a lock is not kept in the back/forward cache. */
    letGo() {
      for (const release of held.values()) release(null);
      held.clear();
    },
  };
}
