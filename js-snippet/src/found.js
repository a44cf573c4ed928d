/** What tells that a page has more to say, or has to be asked first. */

/** @param {any} window @param {string} names of globals @returns {boolean} whether one of them is there */
const has = (window, names) => names.split(' ').some((name) => window[name]);

/**
 * Whether a platform or a data layer is there that a reader understands.
 *
 * @param {Window} window
 */
export const hasReader = (window) =>
  has(window, 'dataLayer analytics Shopify prestashop') ||
  window.document.querySelector(
    '[class*=woo],[itemtype*=Product],[property^="product:"],form[action*=cart],form[action*=checkout],[data-mage-init]',
  );

/**
 * Whether the shopper's consent is somebody's business here: the merchant's, a consent platform's, or the browser's.
 *
 * @param {any} window @param {HTMLElement} script ours
 */
export const asksConsent = (window, { dataset }) =>
  dataset.consent != null ||
  has(window, '__tcfapi wp_has_consent Shopify') ||
  window.navigator.globalPrivacyControl ||
  window.google_tag_data?.ics ||
  window.dataLayer?.some?.((/** @type {any} */ entry) => entry?.[0] === 'consent');
