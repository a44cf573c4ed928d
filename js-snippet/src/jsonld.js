/** What the page says of itself in JSON-LD (schema.org). */
import { parse } from './json.js';
import { safely } from './safe.js';
import { amount, clean, currencyCode } from './text.js';

/** @typedef {import('./types.js').Thing} Thing */

/** schema.org lets one value stand where many may. @param {any} value @returns {any[]} */
export const many = (value) => [value].flat().filter((one) => one != null);

/** A type may be a name, an address, or a list of those. @param {Thing} thing @param {RegExp} type */
const is = (thing, type) => type.test(String(thing['@type']));

/** @param {any} value @returns {Thing[]} the things in it, also those in graphs */
function things(value) {
  return many(value).flatMap((thing) => {
    if (typeof thing !== 'object') return [];
    const main = things(thing.mainEntity);
    for (const entity of main) entity.mainEntityOfPage = true;
    return [thing, ...things(thing['@graph']), ...main];
  });
}

const read = safely((/** @type {Element} */ { textContent }) => things(parse(String(textContent))));

/**
 * Returns all things the page states; a script that is no JSON is skipped.
 *
 * @param {Document} document @returns {Thing[]}
 */
export function statements(document) {
  return [...document.querySelectorAll('script[type="application/ld+json"]')].flatMap(
    (script) => read(script) ?? [],
  );
}

/** @param {Thing[]} stated @param {RegExp} type @returns {Thing | undefined} */
export const find = (stated, type) => stated.find((thing) => is(thing, type));

/** @param {Thing} product */
export const idOf = ({ sku, productGroupID, productID, '@id': id, url, name }) =>
  clean(sku ?? productGroupID ?? productID ?? id ?? url ?? name);

/** @param {Thing} product @returns {Thing} what it costs and whether it is there */
export function offerOf({ offers, hasVariant }) {
  const [offer = {}] = many(offers ?? hasVariant?.[0]?.offers);
  const [terms = {}] = many(offer.priceSpecification);
  return {
    price: amount(offer.price ?? offer.lowPrice ?? terms.price),
    currency: currencyCode(offer.priceCurrency ?? terms.priceCurrency),
    availability: clean(offer.availability)?.replace(/.*[/#:]/, ''),
    stock: offer.inventoryLevel?.value ?? offer.inventoryLevel,
  };
}

/** @param {Thing} product */
export const categoryOf = ({ category }) => clean(category?.name ?? category);

/** @param {Thing} product @returns {Thing} */
function toProduct(product) {
  const [image] = many(product.image);
  const { name, url } = product;
  return {
    id: idOf(product),
    name,
    category: categoryOf(product),
    image: image?.url ?? image,
    url,
    ...offerOf(product),
  };
}

/**
 * Returns the product that the page is about: the only one, or the one marked as the main
 * entity. A list of products makes no product page.
 *
 * @param {Thing[]} stated @returns {Thing | undefined} as `id`, `name`, `price`, ... still to be checked
 */
export function statedProduct(stated) {
  const products = stated.filter((thing) => is(thing, /Product(Group|Model)?\b/));
  const main = products.filter((thing) => thing.mainEntityOfPage);
  const [product, ...others] = main.length ? main : products;
  if (product && others.every((other) => idOf(other) === idOf(product))) return toProduct(product);
}

/**
 * Returns the category of a page that lists products, null if it lists none; it may have
 * no name.
 *
 * @param {Thing[]} stated @returns {string | null}
 */
export function statedCategory(stated) {
  const list = find(stated, /\b(CollectionPage|ItemList)\b/);
  if (!list) return null;
  const trail = list.breadcrumb ?? find(stated, /\bBreadcrumbList\b/);
  const last = many(trail?.itemListElement).at(-1);
  return clean(list.name ?? last?.name ?? last?.item?.name) ?? '';
}

/**
 * Returns the orders: those still to be paid, which are carts (schema.org has no type for one), or
 * those that were placed and have a number.
 *
 * @param {Thing[]} stated @param {boolean} due
 */
export const orders = (stated, due) =>
  stated.filter(
    (thing) =>
      is(thing, /\bOrder\b/) &&
      (/PaymentDue$/.test(thing.orderStatus) ? due : !due && thing.orderNumber),
  );
