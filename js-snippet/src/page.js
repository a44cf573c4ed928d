/** The page as the engine hears of it. */
import { attribute, jsonAttribute } from './attributes.js';
import { statedCategory, statedProduct } from './jsonld.js';
import { pageKind } from './kind.js';
import { amount, clean, currencyCode } from './text.js';

/** @typedef {Location | URL} Address */

/**
 * The path, and with it the route of a shop that keeps it behind the # sign.
 *
 * Two addresses with one path are one page: filters, tabs and anchors change the rest.
 *
 * @param {Address} address
 */
export function pathOf({ pathname, hash }) {
  return pathname + (/^#!?\//.test(hash) ? hash.replace(/\?.*/, '') : '');
}

/** @param {Address} address @returns {[string, string][]} the utm_* parameters */
export function campaign({ search }) {
  return [...new URLSearchParams(search)]
    .filter(([name]) => name.startsWith('utm_'))
    .map(([name, value]) => [name, String(clean(value, 100))]);
}

/** @param {Address} address path and campaign: what else a query holds is nobody's business */
function urlOf(address) {
  const query = new URLSearchParams(campaign(address)).toString();
  return String(clean(pathOf(address) + (query && `?${query}`), 1024));
}

/**
 * Returns a product of which every value is one that the engine takes.
 *
 * @param {import('./types.js').Thing} said by the page @returns {import('./types.js').Product}
 */
const sound = ({ id, name, price, currency, category, image, availability, stock, url }) => ({
  id: clean(id) ?? '',
  name: clean(name),
  price: amount(price),
  currency: currencyCode(currency),
  category: clean(category),
  image: clean(image),
  availability: clean(availability),
  stock: amount(stock),
  url: clean(url),
});

/**
 * @param {Document} document @param {Address} address
 * @param {import('./types.js').Thing[]} stated what the page says in JSON-LD
 * @returns {import('./types.js').Page}
 */
export function readPage(document, address, stated) {
  const kind = pageKind(document, pathOf(address), stated);
  const product =
    jsonAttribute(document, 'product') ?? (kind === 'product' && statedProduct(stated));
  const category =
    attribute(document, 'category') ?? (kind === 'category' ? statedCategory(stated) : null);
  return {
    url: urlOf(address),
    kind,
    title: clean(document.title),
    ...(product?.id && { product: sound(product) }),
    category: clean(category),
  };
}
