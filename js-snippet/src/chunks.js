/** The parts that not every page needs: modules of their own, beside the core. */
import { safely } from './safe.js';

/**
 * By the letters that their files begin with.
 *
 * @typedef {{
 *   p: typeof import('./near/index.js'),
 *   c: typeof import('./consent/index.js'),
 *   d: typeof import('./debug/index.js'),
 *   h: typeof import('./history/index.js'),
 *   o: typeof import('./orders/index.js'),
 *   r: typeof import('./readers/index.js'),
 *   t: typeof import('./transport/index.js'),
 * }} Chunks
 */

/** @param {(path: string) => URL} engine where the core came from */
export const chunksOf =
  (engine) =>
  /**
   * Fetches one and uses it. The browser keeps a module that came, and asks again for one that did not.
   *
   * @template {keyof Chunks} C
   * @template [R=Chunks[C]]
   * @param {C} name
   * @param {(chunk: Chunks[C]) => R | Promise<R>} act
   * @returns {Promise<R | undefined>} nothing if it did not come: never a rejection that the shop would see
   */
  (name, act) =>
    import(engine(`${name}.${CHUNKS_HASH}.js`).href).then(act).catch(() => undefined);

/**
 * A part that is made once its code has come.
 *
 * @template M, P
 * @param {(act: (chunk: M) => void) => Promise<void>} fetchCode @param {(chunk: M) => P} make
 */
export function lazily(fetchCode, make) {
  /** @type {P | undefined} */
  let part;
  /** What waits for it. A browser settles several imports of one module in any order. @type {((part: P) => void)[]} */
  let waiting = [];
  return {
    /** The part, if it is there. */
    made: () => part,

    /** Acts at once if it is there, else when it has come, in the order of the calls. @param {(part: P) => void} act */
    use(act) {
      if (part) act(part);
      else {
        waiting.push(act);
        return fetchCode((chunk) => {
          part ??= make(chunk);
          for (const each of waiting) safely(each)(part);
          waiting = [];
        });
      }
    },
  };
}
