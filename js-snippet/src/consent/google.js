/**
 * Google Consent Mode v2: what the page told Google's tags.
 *
 * It stands in the data layer as gtag('consent', 'default' | 'update', {...}); set by a template in the tag manager,
 * only in the state of the tags themselves. A default of "denied" is no answer yet: the answer is an update.
 */
import { wordOf } from './will.js';

/** @typedef {import('./will.js').Will} Will */
/** @typedef {import('./will.js').Word} Word */

const PURPOSES = /** @type {const} */ ([
  ['analytics', ['analytics_storage']],
  ['marketing', ['ad_storage', 'ad_user_data', 'ad_personalization']],
]);

/** @typedef {Record<string, {default?: boolean, update?: boolean}>} Entries by Google's names */

/** @param {any} window @returns {Entries | undefined} */
const stateOfTags = (window) => window.google_tag_data?.ics?.entries;

/** @param {any} value @returns {boolean | undefined} */
const isGranted = (value) => (value === 'granted' ? true : value === 'denied' ? false : undefined);

/** The calls of gtag('consent', ...) in the data layer. @param {any} layer @returns {any[]} */
const callsIn = (layer) =>
  (typeof layer?.length === 'number' ? Array.from(layer) : []).filter(
    (entry) => entry?.[0] === 'consent' && /^(default|update)$/.test(entry[1]),
  );

/** What the data layer says, the last word of each kind. @param {any} window @returns {Entries} */
function stateOfLayer(window) {
  /** @type {Entries} */
  const entries = {};
  for (const [, kind, state] of callsIn(window.dataLayer)) {
    for (const [name, value] of Object.entries(state ?? {})) {
      const granted = isGranted(value);
      if (granted === undefined) continue;
      const known = entries[name] ?? {};
      entries[name] = known;
      // of defaults for several regions we cannot tell which is ours: the strictest
      if (kind === 'update') known.update = granted;
      else known.default = known.default !== false && granted;
    }
  }
  return entries;
}

/** @param {Entries} entries @param {readonly string[]} names @returns {Word | undefined} */
function wordFor(entries, names) {
  const said = names.map((name) => entries[name]).filter((entry) => entry !== undefined);
  const known = said.filter((entry) => entry.update !== undefined || entry.default !== undefined);
  if (!known.length) return;
  const words = known.map((entry) => wordOf(entry.update ?? (entry.default || undefined)));
  return words.includes('denied') ? 'denied' : words.includes('unknown') ? 'unknown' : 'granted';
}

/** @param {any} window @returns {Partial<Will> | undefined} nothing where Consent Mode is not used */
export function google(window) {
  const tags = stateOfTags(window) ?? {};
  const layer = stateOfLayer(window);
  /** @type {Partial<Will>} */
  const will = {};
  for (const [purpose, names] of PURPOSES) {
    // the tags know the shopper's region, the layer does not
    const word = wordFor(tags, names) ?? wordFor(layer, names);
    if (word) will[purpose] = word;
  }
  return will.analytics || will.marketing
    ? { analytics: 'granted', marketing: 'granted', ...will }
    : undefined;
}

/** @param {any} window @param {() => void} changed */
export function onGoogle(window, changed) {
  window.google_tag_data?.ics?.addListener?.(
    PURPOSES.flatMap(([, names]) => names),
    changed,
  );
}
