/**
 * What kind of page this is. Asked in this order: the merchant's attribute, page types in
 * JSON-LD, the words of addresses and of the names that platforms give to the body, a
 * product in JSON-LD, a placed order, the home page, a list of products.
 *
 * An address such as /cart comes before a product: carts recommend products, and say so in
 * JSON-LD.
 */
import { attribute, jsonAttribute } from './attributes.js';
import { find, orders, statedCategory, statedProduct } from './jsonld.js';

/** @typedef {import('./types.js').PageKind} PageKind */

const KINDS = /^(home|category|product|cart|checkout|thanks|search|other)$/;

/**
 * Whole parts of a path, in the languages of shops. The bodies of WooCommerce, Shopify and
 * Magento are called by the same words: woocommerce-cart, template-search,
 * checkout-cart-index.
 *
 * @type {[PageKind, string][]}
 */
const WORDS = [
  ['thanks', 'thanks|thank[-_]?you|order[-_](received|confirmation)|(onepage|checkout)[/-]success'],
  [
    'cart',
    '(shopping[-_]?|my)?(cart|basket|bag)(?!/checkout)|warenkorb|panier|carrito|carrello|koszyk|winkelwagen|sepet',
  ],
  ['checkout', 'checkouts?|kasse|commande|onepage'],
  ['search', 'search|(search-)?results'],
];

/** @param {string} path @param {HTMLElement | null} body @returns {PageKind | undefined} */
function namedKind(path, body) {
  const names = `${path} ${body?.className}`;
  const start = '(/| (woocommerce-|template-|checkout-|search-))';
  return WORDS.find(([, words]) =>
    new RegExp(`${start}(${words})(?=[/.? ]|-index|$)`, 'i').test(names),
  )?.[0];
}

/** @param {string} address @returns {string} its path, without the slash at its end */
const bare = (address) => address.replace(/^\w+:\/\/[^/]*|\/$/g, '');

/**
 * The root, the root of a language (/en, /zh-TW/), or where the site says that it begins.
 *
 * @param {string} path @param {import('./types.js').Thing | undefined} site
 */
function isHome(path, site) {
  if (/^\/([a-z]{2}([-_][a-z]{2,4})?\/?)?(index\.\w+)?$/i.test(path)) return true;
  return bare(String(site?.url)) === bare(path);
}

/**
 * @param {Document} document @param {string} path with a hash route
 * @param {import('./types.js').Thing[]} stated @returns {PageKind}
 */
export function pageKind(document, path, stated) {
  const said = /** @type {PageKind} */ (attribute(document, 'page')?.trim());
  if (KINDS.test(said)) return said;
  if (find(stated, /\bCheckoutPage\b/)) return 'checkout';
  if (find(stated, /\bSearchResultsPage\b/)) return 'search';
  const kind = namedKind(path, document.body);
  if (kind) return kind;
  if (jsonAttribute(document, 'product') ?? statedProduct(stated)) return 'product';
  if (orders(stated, false).length) return 'thanks';
  if (isHome(path, find(stated, /\bWebSite\b/))) return 'home';
  return (attribute(document, 'category') ?? statedCategory(stated)) === null
    ? 'other'
    : 'category';
}
