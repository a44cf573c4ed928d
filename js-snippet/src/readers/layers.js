/** The vocabularies of data layers: GA4, its predecessor Universal Analytics, and Segment's specification. */
import { event } from './shape.js';

/** @typedef {import('./shape.js').Event} Event */
/** @typedef {import('./shape.js').Raw} Raw */

/** Universal Analytics' enhanced e-commerce, by the key under `ecommerce`; also what gtm4wp pushes. */
const LEGACY = /** @type {Record<string, string>} */ ({
  impressions: 'view_item_list',
  click: 'select_item',
  detail: 'view_item',
  add: 'add_to_cart',
  remove: 'remove_from_cart',
  checkout: 'begin_checkout',
  purchase: 'purchase',
  refund: 'refund',
});

/** Segment's e-commerce events, version 2; RudderStack's are the same. */
const SEGMENT = /** @type {Record<string, string>} */ ({
  'Products Searched': 'search',
  'Product List Viewed': 'view_item_list',
  'Product Clicked': 'select_item',
  'Product Viewed': 'view_item',
  'Product Added': 'add_to_cart',
  'Product Removed': 'remove_from_cart',
  'Cart Viewed': 'view_cart',
  'Checkout Started': 'begin_checkout',
  'Payment Info Entered': 'add_payment_info',
  'Order Completed': 'purchase',
  'Order Refunded': 'refund',
  'Product Added to Wishlist': 'add_to_wishlist',
  'Promotion Viewed': 'view_promotion',
  'Promotion Clicked': 'select_promotion',
  'Signed Up': 'sign_up',
  'Signed In': 'login',
});

/** @param {Raw} ecommerce @returns {Event[]} */
function fromLegacy(ecommerce) {
  return Object.keys(LEGACY).flatMap((key) => {
    const part = ecommerce[key];
    if (!part) return [];
    const { actionField = {}, products = part } = part;
    // a later step of the checkout is not its beginning
    if (key === 'checkout' && actionField.step > 1) return [];
    return event(
      String(LEGACY[key]),
      { currency: ecommerce.currencyCode, ...actionField },
      products,
    );
  });
}

/** The order of classic Google Analytics, as some shops still state it. @param {Raw} entry @returns {Event[]} */
const fromTransaction = ({
  transactionId,
  transactionTotal,
  transactionProducts,
  transactionCurrency,
}) =>
  transactionId && transactionProducts
    ? event(
        'purchase',
        { transaction_id: transactionId, value: transactionTotal, currency: transactionCurrency },
        transactionProducts,
      )
    : [];

/** Our names for what GA4 also calls otherwise. @param {unknown} name */
const named = (name) => (name === 'view_search_results' ? 'search' : String(name));

/**
 * Reads one entry of `dataLayer`: an object of Google Tag Manager, or the arguments of a call of gtag.
 *
 * @param {Raw} entry @returns {Event[]} none for anything else: a reset, a consent, a setting
 */
export function fromDataLayer(entry) {
  if (!entry || typeof entry !== 'object') return [];
  if (entry.length) return entry[0] === 'event' ? event(named(entry[1]), entry[2] ?? {}) : [];
  const { ecommerce, eventModel } = entry;
  const told = event(
    named(entry.event),
    ecommerce ?? eventModel ?? entry,
    ecommerce?.items ?? ecommerce?.products,
  );
  if (told.length) return told;
  return ecommerce ? fromLegacy(ecommerce) : fromTransaction(entry);
}

/** Reads one call of `analytics.track`. @param {unknown} name @param {Raw} [props] @returns {Event[]} */
export const fromTrack = (name, props) => {
  const ours = SEGMENT[String(name)];
  return ours ? event(ours, props ?? {}) : [];
};
