/** What a page of any shop marks up: JSON-LD said in a roundabout way, Open Graph, microdata. */
import { find, statedCategory, statements } from '../../jsonld.js';
import { readPage } from '../../page.js';
import { clean } from '../../text.js';
import { marked, microdata, openGraph, there } from '../markup.js';
import { money } from '../money.js';

/** @typedef {import('../../types.js').Thing} Thing */

/** So many products beside each other are a list. */
const LIST = 3;
/** What a price was, or should be, and is not. */
const NO_PRICE = /Strikethrough|List|SRP|Regular|Minimum/;

/** @param {any} value @returns {any[]} */
const many = (value) => [value].flat().filter((one) => one != null);

/** @param {any} offers @returns {{price?: any, priceCurrency?: any}[]} every price in them, also in offers of offers */
const prices = (offers) =>
  many(offers).flatMap((offer) => [
    ...many(offer.priceSpecification).filter(({ priceType }) => !NO_PRICE.test(priceType)),
    offer,
    { ...offer, price: offer.lowPrice },
    ...prices(offer.offers),
  ]);

/** The price of JSON-LD that says it in a roundabout way. @param {Thing | undefined} thing */
function statedPrice(thing) {
  const all = prices(thing?.offers ?? many(thing?.hasVariant).map(({ offers }) => offers));
  const currency = clean(all.find(({ priceCurrency }) => priceCurrency)?.priceCurrency);
  const first = all.find(({ price }) => price != null);
  return { price: money(first?.price, currency), currency };
}

/**
 * The variants of a product may stand beside their group, each saying whose it is: they are one product.
 *
 * @param {Thing[]} stated @returns {Thing[]}
 */
export function grouped(stated) {
  const [group, another] = stated.filter((thing) => /ProductGroup\b/.test(String(thing['@type'])));
  const variants = stated.filter(({ isVariantOf }) => isVariantOf);
  if (!group || another || !variants.length) return stated;
  group.hasVariant = variants;
  return stated.filter((thing) => !variants.includes(thing));
}

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { document, window } = desk;

  /** @param {Partial<import('../../types.js').Product>} said @param {Thing[]} stated */
  const productOf = (said, stated) => {
    const price = statedPrice(
      said.id === undefined ? undefined : find(stated, /Product(Group|Model)?\b/),
    );
    const product = {
      ...openGraph(document),
      ...microdata(document),
      ...there(said),
      ...there(price),
    };
    const canonical = document.querySelector('link[rel=canonical]')?.getAttribute('href');
    return { ...product, id: String(product.id ?? clean(canonical) ?? window.location.pathname) };
  };

  /** @returns {Partial<import('../../types.js').Page>} */
  const look = () => {
    const stated = grouped(statements(document));
    const { kind, product } = readPage(document, window.location, stated);
    desk.unknown = kind === 'other';
    if (kind === 'product') return { kind, product: productOf(product ?? {}, stated) };
    if (kind !== 'other' && kind !== 'category') return {};
    if (marked(document).length >= LIST) {
      const heading = document.querySelector('h1')?.textContent?.trim();
      return { kind: 'category', category: statedCategory(stated) || clean(heading, 100) };
    }
    const isProduct = openGraph(document) ?? microdata(document);
    return isProduct ? { kind: 'product', product: productOf({}, stated) } : {};
  };
  return look;
}
