/** The sizes nobody may exceed: a shop page pays for every byte. */

const CORE_BROTLI = 6144;
const CORE_GZIP = 6758; // 6.6 KB
const ALL_BROTLI = 11264;

/**
 * @param {Map<string, Uint8Array>} files the content of dist/
 * @returns {{lines: string[], problems: string[]}} the sizes, and a sentence for each file
 *   that is too big
 */
export function overBudget(files) {
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  const problems = [];
  /** @param {string} name @param {number} bytes @param {number} limit */
  const hold = (name, bytes, limit) => {
    lines.push(`${name}: ${bytes} of ${limit} bytes`);
    if (bytes > limit)
      problems.push(`${name} is ${bytes - limit} bytes over its limit of ${limit} bytes`);
  };
  const size = (/** @type {string} */ name) => files.get(name)?.length ?? 0;
  const popups = [...files.keys()].find((name) => /^p\.\w+\.js\.br$/.test(name)) ?? '';
  hold('s.js.br', size('s.js.br'), CORE_BROTLI);
  hold('s.js.gz', size('s.js.gz'), CORE_GZIP);
  hold(`s.js.br + ${popups}`, size('s.js.br') + size(popups), ALL_BROTLI);
  return { lines, problems };
}
