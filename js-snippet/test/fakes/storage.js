/** Storages of a browser. */

/** @returns {Storage} */
export function fakeStorage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return /** @type {Storage} */ ({
    length: 0,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => {
      kept.set(key, value);
    },
    removeItem: (key) => {
      kept.delete(key);
    },
  });
}

/** A storage that the shopper, or the browser, has blocked. @returns {Storage} */
export function blocked() {
  throw new DOMException('denied', 'SecurityError');
}
