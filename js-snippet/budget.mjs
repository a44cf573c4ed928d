/** The sizes nobody may exceed: a shop page pays for every byte. */

const CORE_BROTLI = 6144;
const CORE_GZIP = 6758; // 6.6 KB
const FIRST_POPUP_BROTLI = 11264; // all that a page fetches until its first popup is on the screen
const CHUNK_BROTLI = 3072;

/** What the renderer fetches only for a popup that needs it, and the folders of their sources. */
export const CHUNKS = {
  bar: 'popup/kinds',
  countdown: 'popup/kinds',
  flow: 'popup/kinds',
  image: 'popup/kinds',
  patience: 'near',
  presses: 'popup/kinds',
  products: 'popup/kinds',
  signals: 'near',
  subscribe: 'popup/kinds',
  survey: 'popup/kinds',
  wheel: 'popup/kinds',
};

/** What the core fetches only where a page needs it, by the letters of their files. */
export const CORE_CHUNKS = {
  c: 'consent',
  d: 'debug',
  h: 'history',
  o: 'orders',
  r: 'readers',
  t: 'transport',
};

/** What the readers fetch only for the platform that a page runs on. */
export const READERS = [
  'bigcommerce',
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
  hold(`s.js.br + ${popups}`, size('s.js.br') + size(popups), FIRST_POPUP_BROTLI);
  for (const name of files.keys()) {
    if (/^[cdhkort]\..*\.br$/.test(name)) hold(name, size(name), CHUNK_BROTLI);
  }
  return { lines, problems };
}
