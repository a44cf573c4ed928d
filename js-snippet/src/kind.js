/**
 * What kind of page this is. Asked in this order: the merchant's attribute, page types in
 * JSON-LD, the names that shop platforms give to body and to their addresses, a product or
 * a list of products in JSON-LD, the home page.
 *
 * An address such as /cart comes before a product: carts recommend products, and say so in
 * JSON-LD.
 */
import { attribute, jsonAttribute } from './attributes.js';
import { find, statedCategory, statedProduct, statedPurchase } from './jsonld.js';

/** @typedef {import('./types.js').PageKind} PageKind */

const KINDS = /^(home|category|product|cart|checkout|thanks|search|other)$/;

/** Whole parts of a path, in many languages. @type {[PageKind, string][]} */
const PATHS = [
  [
    'thanks',
    'thanks|thank[-_]?you|order[-_](received|confirmation|complete)|(onepage|checkout)/success',
  ],
  [
    'cart',
    '((shopping|my|view)[-_]?)?(cart|basket|bag)|warenkorb|panier|carrito|carrello|koszyk|winkelwagen|sepet',
  ],
  ['checkout', 'checkouts?|kasse|commande|onepage'],
  ['search', 'search'],
];

/**
 * The names that WooCommerce, Magento, PrestaShop and Shopify themes give their bodies.
 *
 * @type {[PageKind, string][]}
 */
const BODIES = [
  ['thanks', 'woocommerce-order-received|checkout-onepage-success|order-confirmation'],
  ['cart', 'woocommerce-cart|checkout-cart-index|template-cart'],
  ['checkout', 'woocommerce-checkout|checkout-index-index'],
  ['search', 'search-results|catalogsearch-result-index|template-search'],
  ['product', 'single-product|catalog-product-view|template-product'],
  [
    'category',
    'tax-product_cat|post-type-archive-product|catalog-category-view|template-collection',
  ],
  ['home', 'home|cms-index-index|template-index'],
];

/**
 * @param {[PageKind, string][]} table @param {string} start @param {string} text @param {string} end
 * @returns {PageKind | undefined}
 */
function named(table, start, text, end) {
  return table.find(([, words]) => new RegExp(`${start}(${words})${end}`, 'i').test(text))?.[0];
}

/**
 * The root, the root of a language (/en, /zh-TW/), or where the site says that it begins.
 *
 * @param {string} path @param {import('./types.js').Thing | undefined} site @param {Location} location
 */
function isHome(path, site, location) {
  if (/^\/([a-z]{2}([-_][a-z]{2,4})?\/?)?(index\.\w+)?$/i.test(path)) return true;
  if (!site?.url) return Boolean(site) && /^\/[^/]*\/?$/.test(path);
  return new URL(site.url, location.href).pathname.replace(/\/$/, '') === path.replace(/\/$/, '');
}

/**
 * @param {Document} document @param {Location} location @param {string} path with a hash route
 * @param {import('./types.js').Thing[]} stated @returns {PageKind}
 */
export function pageKind(document, location, path, stated) {
  const said = attribute(document, 'page')?.trim() ?? '';
  if (KINDS.test(said)) return /** @type {PageKind} */ (said);
  if (find(stated, /^CheckoutPage$/)) return 'checkout';
  if (find(stated, /^SearchResultsPage$/)) return 'search';
  const { className = '', id = '' } = document.body ?? {};
  const kind =
    named(BODIES, '(^|\\s)', `${className} ${id}`, '(\\s|$)') ??
    named(PATHS, '/', path, '(?=[/.?]|$)');
  if (kind) return kind;
  if (jsonAttribute(document, 'product') ?? statedProduct(stated)) return 'product';
  if (statedPurchase(stated)) return 'thanks';
  if (isHome(path, find(stated, /^WebSite$/), location)) return 'home';
  return (attribute(document, 'category') ?? statedCategory(stated)) === null
    ? 'other'
    : 'category';
}
