/** The locks that the tabs of one browser share. */

/** @returns {LockManager} */
export function fakeLocks() {
  /** @type {Map<string, Promise<unknown>>} */
  const held = new Map();

  /** @param {string} name @param {any} options @param {(lock: object | null) => unknown} act */
  const request = async (name, options, act) => {
    if (options.ifAvailable && held.has(name)) return act(null);
    while (held.has(name)) {
      await held.get(name);
      if (options.signal?.aborted) throw new DOMException('gave up', 'AbortError');
    }
    const done = Promise.resolve(act({ name }));
    held.set(name, done);
    await done.finally(() => held.delete(name));
  };
  return /** @type {any} */ ({ request });
}
