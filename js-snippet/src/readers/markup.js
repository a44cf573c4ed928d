/** A product as a page marks it up: for social networks (Open Graph), or in its own elements (microdata). */
import { clean } from '../text.js';
import { money } from './money.js';

/** @typedef {import('../types.js').Product} Product */

/** Things whose products are not what the page is about. */
const AROUND =
  '[itemtype*="schema.org/Product"],[itemtype$="/ItemList"],[itemtype$="/OfferCatalog"]';

/** @param {Record<string, any>} values @returns {any} without what is not there */
export const there = (values) =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  );

/** @param {unknown} availability a name, or the address of one @returns {string | undefined} "in stock" is InStock */
function availabilityOf(availability) {
  const [name = ''] = /[^/#]*$/.exec(String(availability ?? '').trim()) ?? [];
  const known = {
    instock: 'InStock',
    oos: 'OutOfStock',
    outofstock: 'OutOfStock',
    preorder: 'PreOrder',
    backorder: 'BackOrder',
  };
  return (
    /** @type {any} */ (known)[name.toLowerCase().replace(/[\s_-]/g, '')] ??
    (clean(name) || undefined)
  );
}

/**
 * @param {Document} document @returns {Partial<Product> | undefined} nothing if the page does not say that it is a product
 */
export function openGraph(document) {
  const meta = (/** @type {string[]} */ ...names) => {
    for (const name of names) {
      const found = document
        .querySelector(`meta[property="${name}"],meta[name="${name}"]`)
        ?.getAttribute('content');
      if (found) return found;
    }
  };
  const price = meta('product:price:amount', 'product:sale_price:amount', 'og:price:amount');
  if (!price && !/product/.test(meta('og:type') ?? '')) return;
  const currency = meta('product:price:currency', 'og:price:currency');
  return there({
    id: clean(meta('product:retailer_item_id', 'product:sku', 'og:upc')),
    name: clean(meta('og:title')),
    price: money(price, currency),
    currency,
    category: clean(meta('product:category', 'product:product_type')),
    image: meta('og:image:secure_url', 'og:image'),
    availability: availabilityOf(meta('product:availability', 'og:availability')),
    url: meta('og:url'),
  });
}

/** The elements that state a property of this thing, and not of one in it. @param {Element} thing @param {string} name */
const stating = (thing, name) =>
  [...thing.querySelectorAll(`[itemprop~="${name}"]`)].filter(
    (element) => element.parentElement?.closest('[itemscope]') === thing,
  );

/** @param {Element | undefined} thing @param {string[]} names @returns {string | undefined} the first that is stated */
function said(thing, ...names) {
  for (const name of names) {
    for (const element of thing ? stating(thing, name) : []) {
      const value =
        element.getAttribute('content') ??
        element.getAttribute('href') ??
        element.getAttribute('src');
      const text = (value ?? element.getAttribute('value') ?? element.textContent ?? '').trim();
      if (text) return text;
    }
  }
}

/** The products of the page that stand for themselves. @param {Document} document */
export const marked = (document) =>
  [...document.querySelectorAll('[itemscope][itemtype*="schema.org/Product"]')].filter(
    (thing) => !thing.parentElement?.closest(AROUND),
  );

/** @param {Document} document @returns {Partial<Product> | undefined} the only product that the page marks up */
export function microdata(document) {
  const [thing, another] = marked(document);
  if (!thing || another) return;
  const offer = stating(thing, 'offers')[0] ?? thing;
  const currency = said(offer, 'priceCurrency') ?? said(thing, 'priceCurrency');
  const image = stating(thing, 'image')[0];
  return there({
    id: clean(said(thing, 'sku', 'productID', 'mpn', 'gtin13', 'identifier')),
    name: clean(said(thing, 'name')),
    price: money(said(offer, 'price', 'lowPrice') ?? said(thing, 'price'), currency),
    currency,
    category: clean(said(thing, 'category')),
    image:
      image &&
      (image.getAttribute('content') ?? image.getAttribute('src') ?? image.getAttribute('href')),
    availability: availabilityOf(said(offer, 'availability')),
    url: said(thing, 'url'),
  });
}
