/** What the page says of itself in JSON-LD (schema.org). */
import { amount, clean } from './text.js';

/** @typedef {import('./types.js').Thing} Thing */

/** schema.org lets one value stand where many may. @param {any} value @returns {any[]} */
const many = (value) => (value == null ? [] : [value].flat());

/** @param {any} value @returns {any} the name, if it is a thing with a name */
const named = (value) => value?.name ?? value;

/** The end of "https://schema.org/InStock". @param {unknown} value */
const tail = (value) => String(value).replace(/^.*[/#:]/, '');

/** @param {Thing} thing @param {RegExp} type */
const is = (thing, type) => many(thing['@type']).some((name) => type.test(tail(name)));

const PRODUCT = /Product(Group|Model)?$/;

/** @param {any} value @returns {Thing[]} the things in it, also those in graphs */
function things(value) {
  return many(value).flatMap((thing) =>
    typeof thing === 'object'
      ? [thing, ...things(thing['@graph']), ...things(thing.mainEntity)]
      : [],
  );
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

/** @param {Thing} product @returns {string | undefined} */
function idOf(product) {
  const { sku, productGroupID, productID, mpn, gtin, gtin13, url, name } = product;
  const id =
    sku ?? productGroupID ?? productID ?? mpn ?? gtin ?? gtin13 ?? product['@id'] ?? url ?? name;
  return id == null ? id : clean(id);
}

/** @param {Thing} product @returns {Thing} what it costs and whether it is there */
function offerOf(product) {
  const [offer = {}] = many(product.offers ?? product.hasVariant?.[0]?.offers);
  const [inner = {}] = many(offer.offers);
  const [terms = {}] = many(offer.priceSpecification);
  return {
    price: amount(offer.price ?? offer.lowPrice ?? terms.price ?? inner.price),
    currency: offer.priceCurrency ?? terms.priceCurrency ?? inner.priceCurrency,
    availability: offer.availability ?? inner.availability,
    stock: offer.inventoryLevel?.value ?? offer.inventoryLevel,
  };
}

/** @param {Thing} product @returns {string | undefined} */
function categoryOf(product) {
  const category = named(many(product.category)[0]);
  return category && clean(category);
}

/** @param {Thing} product @returns {import('./types.js').Product | undefined} */
function toProduct(product) {
  const id = idOf(product);
  if (!id) return;
  const { price, currency, availability, stock } = offerOf(product);
  const [image] = many(product.image);
  return {
    id,
    name: clean(product.name ?? ''),
    price,
    currency,
    category: categoryOf(product),
    image: image?.url ?? image?.contentUrl ?? image,
    availability: availability && tail(availability),
    stock: amount(stock),
    url: product.url,
  };
}

/**
 * Returns the product that the page is about: the only one, or the one marked as the main
 * entity. A list of products makes no product page.
 *
 * @param {Thing[]} stated @returns {import('./types.js').Product | undefined}
 */
export function statedProduct(stated) {
  const products = stated.filter((thing) => is(thing, PRODUCT));
  const main = products.filter(
    (thing) =>
      thing.mainEntityOfPage || stated.some((page) => many(page.mainEntity).includes(thing)),
  );
  const groups = products.filter((thing) => is(thing, /Group$/));
  for (const some of [main, groups, products]) {
    if (new Set(some.map(idOf)).size === 1) return toProduct(/** @type {Thing} */ (some[0]));
  }
}

/**
 * Returns the category of a page that lists products, null if it lists none; it may have
 * no name.
 *
 * @param {Thing[]} stated @returns {string | null}
 */
export function statedCategory(stated) {
  const list = find(stated, /^(CollectionPage|ItemList|OfferCatalog)$/);
  if (!list) return null;
  const trail = list.breadcrumb ?? find(stated, /^BreadcrumbList$/);
  const last = many(trail?.itemListElement).at(-1);
  const name =
    find(stated, /^CollectionPage$/)?.name ?? last?.name ?? last?.item?.name ?? list.name;
  return clean(name ?? '');
}

/** @param {Thing} line of an order @returns {import('./types.js').Item & {currency?: string}} */
function toItem(line) {
  const product = line.orderedItem ?? line;
  const { price, currency } = offerOf(product);
  return {
    item_id: idOf(product),
    item_name: clean(product.name ?? '', 100),
    price: amount(line.price) ?? price,
    quantity: amount(line.orderQuantity?.value ?? line.orderQuantity) ?? 1,
    item_category: categoryOf(product),
    currency,
  };
}

/** @param {Thing} order @returns {import('./types.js').Cart} its value is what the items cost, less a discount */
function toCart(order) {
  const lines = many(order.orderedItem).map(toItem);
  const sum = lines.reduce((total, line) => total + (line.price ?? 0) * (line.quantity ?? 0), 0);
  return {
    items: lines.map(({ currency: _, ...item }) => item),
    value: amount(order.price) ?? Math.round((sum - (amount(order.discount) ?? 0)) * 1e4) / 1e4,
    currency: order.priceCurrency ?? lines.find((line) => line.currency)?.currency,
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
