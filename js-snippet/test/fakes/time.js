/** A clock and timers that move only when a test says so. */

/** @param {number} [startMs] */
export function fakeTime(startMs = 1_000) {
  let nowMs = startMs;
  /** @type {Set<{atMs: number, then: () => void}>} */
  const timers = new Set();

  /** @returns {{atMs: number, then: () => void} | undefined} */
  const soonest = () => [...timers].sort((a, b) => a.atMs - b.atMs)[0];

  return {
    now: () => nowMs,

    /** @type {import('../../src/types.js').After} */
    after(ms, then) {
      const timer = { atMs: nowMs + ms, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },

    /** Lets time pass; timers go off in their order, each at its time. @param {number} ms */
    pass(ms) {
      const endMs = nowMs + ms;
      for (let timer = soonest(); timer && timer.atMs <= endMs; timer = soonest()) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.atMs);
        timer.then();
      }
      nowMs = endMs;
    },

    /** The machine sleeps: time passes, but no timer goes off. @param {number} ms */
    sleep(ms) {
      nowMs += ms;
    },

    waiting: () => timers.size,
  };
}
