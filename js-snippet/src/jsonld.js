/** What the page says of itself in JSON-LD (schema.org). */
import { amount, clean } from './text.js';

/** @typedef {import('./types.js').Thing} Thing */

/** schema.org lets one value stand where many may. @param {any} value @returns {any[]} */
const many = (value) => [value].flat().filter((one) => one != null);

/** @param {any} value @returns {any} the name, if it is a thing with a name */
const named = (value) => value?.name ?? value;

/** The end of "https://schema.org/InStock". @param {unknown} value */
const tail = (value) => String(value).replace(/^.*[/#:]/, '');

/** @param {Thing} thing @param {RegExp} type */
const is = (thing, type) => many(thing['@type']).some((name) => type.test(tail(name)));

/** @param {any} value @returns {Thing[]} the things in it, also those in graphs */
function things(value) {
  return many(value).flatMap((thing) => {
    if (typeof thing !== 'object') return [];
    const main = things(thing.mainEntity);
    for (const entity of main) entity.mainEntityOfPage = true;
    return [thing, ...things(thing['@graph']), ...main];
  });
}

/**
 * Returns all things the page states; a script that is no JSON is skipped.
 *
 * @param {Document} document @returns {Thing[]}
 */
export function statements(document) {
  return [...document.querySelectorAll('script[type="application/ld+json"]')].flatMap((script) => {
    try {
      return things(JSON.parse(script.textContent ?? ''));
    } catch {
      return [];
    }
  });
}

/** @param {Thing[]} stated @param {RegExp} type @returns {Thing | undefined} */
export const find = (stated, type) => stated.find((thing) => is(thing, type));

/** @param {Thing} product @returns {string} empty if it has none */
function idOf({ sku, productGroupID, productID, mpn, '@id': id, url, name }) {
  return clean(sku ?? productGroupID ?? productID ?? mpn ?? id ?? url ?? name ?? '');
}

/** @param {Thing} product @returns {Thing} what it costs and whether it is there */
function offerOf({ offers, hasVariant }) {
  const [offer = {}] = many(offers ?? hasVariant?.[0]?.offers);
  const [terms = {}] = many(offer.priceSpecification);
  return {
    price: amount(offer.price ?? offer.lowPrice ?? terms.price),
    currency: offer.priceCurrency ?? terms.priceCurrency,
    availability: offer.availability && tail(offer.availability),
    stock: amount(offer.inventoryLevel?.value ?? offer.inventoryLevel),
  };
}

/** @param {Thing} product @returns {string | undefined} */
function categoryOf(product) {
  const category = named(many(product.category)[0]);
  return category && clean(category);
}

/** @param {Thing} product @returns {import('./types.js').Product} */
function toProduct(product) {
  const [image] = many(product.image);
  return {
    id: idOf(product),
    name: clean(product.name ?? ''),
    category: categoryOf(product),
    image: image?.url ?? image,
    ...offerOf(product),
  };
}

/**
 * Returns the product that the page is about: the only one, or the one marked as the main
 * entity. A list of products makes no product page.
 *
 * @param {Thing[]} stated @returns {import('./types.js').Product | undefined}
 */
export function statedProduct(stated) {
  const products = stated.filter((thing) => is(thing, /Product(Group|Model)?$/));
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
  const list = find(stated, /^(CollectionPage|ItemList)$/);
  if (!list) return null;
  const trail = list.breadcrumb ?? find(stated, /^BreadcrumbList$/);
  const last = many(trail?.itemListElement).at(-1);
  return clean(list.name ?? last?.name ?? last?.item?.name ?? '');
}

/** @param {Thing} line of an order @returns {import('./types.js').Item} */
function toItem(line) {
  const product = line.orderedItem ?? line;
  return {
    item_id: idOf(product),
    item_name: clean(product.name ?? '', 100),
    price: amount(line.price) ?? offerOf(product).price,
    quantity: amount(line.orderQuantity) ?? 1,
    item_category: categoryOf(product),
  };
}

/** @param {import('./types.js').Item[]} items */
export const worth = (items) =>
  items.reduce((sum, { price = 0, quantity = 1 }) => sum + price * quantity, 0);

/** @param {Thing} order @returns {import('./types.js').Cart} its value is what the items cost, less a discount */
function toCart(order) {
  const lines = many(order.orderedItem);
  const items = lines.map(toItem);
  return {
    items,
    value: Math.round((worth(items) - (amount(order.discount) ?? 0)) * 1e4) / 1e4,
    currency: order.priceCurrency ?? offerOf(lines[0]?.orderedItem ?? {}).currency,
  };
}

/** @param {Thing} order */
const unpaid = (order) => tail(order.orderStatus) === 'OrderPaymentDue';

/**
 * Returns the cart. schema.org has no type for it; an order whose payment is due says the
 * same.
 *
 * @param {Thing[]} stated @returns {import('./types.js').Cart | undefined}
 */
export function statedCart(stated) {
  const order = stated.find((thing) => is(thing, /^Order$/) && unpaid(thing));
  return order && toCart(order);
}

/**
 * Returns the order that was just placed.
 *
 * @param {Thing[]} stated @returns {import('./types.js').Purchase | undefined}
 */
export function statedPurchase(stated) {
  const order = stated.find((thing) => is(thing, /^Order$/) && thing.orderNumber && !unpaid(thing));
  return order && { transaction_id: clean(order.orderNumber), ...toCart(order) };
}
