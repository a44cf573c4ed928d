/** The sizes nobody may exceed: a shop page pays for every byte. */

const CORE_BROTLI = 6144;
const CORE_GZIP = 6758; // 6.6 KB
const RENDERER_BROTLI = 5120;
const ALL_BROTLI = 11264;
const CHUNK_BROTLI = 3072;
const FIRST_POPUP_BROTLI = 13056; // above the 11 KiB that it should be: it may shrink, and not grow

/** What the renderer fetches only for a popup that needs it. */
export const CHUNKS = [
  'bar',
  'countdown',
  'flow',
  'image',
  'products',
  'subscribe',
  'survey',
  'wheel',
];

/** What the core fetches only where a page needs it, by the letters of their files. */
export const CORE_CHUNKS = {
  c: 'consent',
  d: 'debug',
  h: 'history',
  n: 'near',
  o: 'orders',
  r: 'readers',
  t: 'transport',
};

/** What the readers fetch only for the platform that a page runs on. */
export const READERS = [
  'evershop',
  'facts',
  'forms',
  'layer',
  'magento',
  'places',
  'prestashop',
  'shopify',
  'shopware',
  'woo',
];

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
  hold(popups, size(popups), RENDERER_BROTLI);
  hold(`s.js.br + ${popups}`, size('s.js.br') + size(popups), ALL_BROTLI);
  // beside the budget, which knows the core and the renderer alone: what a page without either fetches for a popup
  const near = [...files.keys()].find((name) => /^n\.\w+\.js\.br$/.test(name)) ?? '';
  hold('until a first popup', size('s.js.br') + size(near) + size(popups), FIRST_POPUP_BROTLI);
  for (const name of files.keys()) {
    if (/^[cdhknort]\..*\.br$/.test(name)) hold(name, size(name), CHUNK_BROTLI);
  }
  return { lines, problems };
}
