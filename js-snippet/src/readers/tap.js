/** Listens to what is pushed into an array that others own, and leaves no trace of it. */
import { safely } from '../safe.js';

/** @typedef {(entry: any) => void} Take */

/** A page that redefines what functions can do must not break its own calls by us. */
const { apply } = Reflect;

/**
 * Takes what is in the array, and from then on each entry as it is pushed.
 *
 * `push` becomes an accessor: who replaces it (Google Tag Manager does, and so do consent tools) is called first-class
 * with its own `this` and arguments, and what it returns or throws goes to the caller. A replacement usually calls the
 * `push` that it found, which is ours again: an entry on its way is taken once.
 *
 * @param {any} array @param {Take} take @param {WeakSet<object>} seen entries of arrays that this one replaces
 * @returns {() => void} takes what came past us, where an accessor could not be set
 */
export function tap(array, take, seen) {
  /** @type {Set<any>} */
  const underWay = new Set();
  let length = 0;
  const hear = safely((/** @type {any} */ entry) => {
    if (!entry || typeof entry !== 'object') return;
    seen.add(entry);
    take(entry);
  });

  const catchUp = safely(() => {
    // Tag Manager cuts its array from the front when it is long
    if (array.length < length) length = array.length;
    for (; length < array.length; length++) if (!seen.has(array[length])) hear(array[length]);
  });

  /** Hears of entries that are not on their way yet; returns them. @param {any[]} entries */
  const enter = safely((/** @type {any[]} */ entries) => {
    const fresh = [];
    for (let n = 0; n < entries.length; n++) {
      if (underWay.has(entries[n])) continue;
      underWay.add(entries[n]);
      fresh.push(entries[n]);
      hear(entries[n]);
    }
    return fresh;
  });

  const leave = safely((/** @type {any[]} */ entries) => {
    for (let n = 0; n < entries.length; n++) underWay.delete(entries[n]);
  });

  /** @param {any} original */
  const wrap = (original) =>
    function push(/** @type {any} */ ...entries) {
      const fresh = enter(entries);
      try {
        // @ts-expect-error: whatever the caller's `this` is, it is the original's
        return apply(original, this, entries);
      } finally {
        leave(fresh ?? []);
      }
    };

  catchUp();
  safely(() => {
    let push = wrap(array.push);
    Object.defineProperty(array, 'push', {
      configurable: true,
      get: () => push,
      set: (replaced) => {
        push = typeof replaced === 'function' ? wrap(replaced) : replaced;
      },
    });
  })();
  return catchUp;
}
