/** Shopify's customer privacy: what this shopper allows, by the shop's settings and where they are. */
import { wordOf } from './will.js';

/** @typedef {import('./will.js').Will} Will */

const API = { name: 'consent-tracking-api', version: '0.1' };

/** @type {Will} */
const NOT_YET = { analytics: 'unknown', marketing: 'unknown' };

/**
 * @param {any} privacy Shopify.customerPrivacy @returns {Will}
 */
export function readShopify(privacy) {
  const answered = privacy.currentVisitorConsent?.() ?? {};
  /** Not allowed and not answered: the banner is still open. */
  const word = (/** @type {boolean} */ allowed, /** @type {string} */ purpose) =>
    wordOf(!allowed && answered[purpose] === '' ? undefined : Boolean(allowed));
  const marketing = word(privacy.marketingAllowed?.(), 'marketing');
  return {
    analytics: word(
      (privacy.analyticsProcessingAllowed ?? privacy.userCanBeTracked)?.(),
      'analytics',
    ),
    // who opted out of the sale of their data has said no to advertising
    marketing: privacy.saleOfDataAllowed?.() === false ? 'denied' : marketing,
  };
}

/**
 * Returns what is known now, nothing where it is no shop of Shopify's; the API has to be fetched first.
 *
 * @param {any} window @param {() => void} changed @returns {() => Will | undefined}
 */
export function followShopify(window, changed) {
  let asked = false;
  return () => {
    const { Shopify } = window;
    if (Shopify?.customerPrivacy?.marketingAllowed) return readShopify(Shopify.customerPrivacy);
    if (typeof Shopify?.loadFeatures !== 'function') return;
    if (!asked) {
      asked = true;
      Shopify.loadFeatures([API], changed);
    }
    return NOT_YET;
  };
}
