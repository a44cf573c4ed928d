/** What tells that a page has more to say, or has to be asked first. */
import { statements } from './jsonld.js';
import { readPage } from './page.js';

/** @param {any} window @param {string} names of globals @returns {boolean} whether one of them is there */
const has = (window, names) => names.split(' ').some((name) => window[name]);

/**
 * Whether a platform or a data layer is there that a reader understands.
 *
 * @param {Window} window
 */
export const hasReader = (window) =>
  has(
    window,
    'dataLayer analytics Shopify prestashop activeRoute eContext BCData checkoutConfig',
  ) ||
  window.document.querySelector(
    '[class*=woo],[class*=is-ctl],[type*=magento],[itemtype*=Product],[property^="product:"],form[action*=cart]',
  );

/**
 * Whether the page says so little of itself that a reader might know better.
 *
 * @param {Document} document @param {Location} location
 */
export const isVague = (document, location) => {
  const { kind, product } = readPage(document, location, statements(document));
  return /other|product/.test(kind) && !product?.price;
};

/**
 * Whether the shopper's consent is somebody's business here: the merchant's, a consent platform's, or the browser's.
 *
 * @param {any} window @param {HTMLElement} script ours
 */
export const asksConsent = (window, { dataset }) =>
  (dataset.consent ?? dataset.cookie) != null ||
  has(window, '__tcfapi wp_has_consent Shopify') ||
  window.navigator.globalPrivacyControl ||
  window.google_tag_data?.ics ||
  window.dataLayer?.some?.((/** @type {any} */ call) => call?.[0] === 'consent');
