/**
 * Fetch a chunk and use it. The browser keeps a module that came, and asks again for one that did not.
 *
 * @param {string} name
 * @param {(chunk: any) => unknown} use
 * @param {() => void} [failed] hears that it did not come, or could not be used
 */
export const part = (name, use, failed = () => {}) => fetchPart(name).then(use).catch(failed);

/** @param {string} name @returns {Promise<any>} */
export function fetchPart(name) {
  const file = `./k.${name}.${CHUNKS_HASH}.js`;
  return import(file);
}
