/** What a merchant writes into the page for us: data-shopbell-page, -category, -product, -cart. */
import { parse } from './json.js';
import { safely } from './safe.js';

/**
 * @param {Document} document @param {string} name
 * @returns {string | null}
 */
export function attribute(document, name) {
  return (
    document.querySelector(`[data-shopbell-${name}]`)?.getAttribute(`data-shopbell-${name}`) ?? null
  );
}

/**
 * Returns the object that the attribute holds as JSON, undefined if it is none.
 *
 * @type {(document: Document, name: string) => any}
 */
export const jsonAttribute = safely((document, name) => {
  // a typing error of the merchant's is as good as no attribute
  const value = parse(String(attribute(document, name)));
  return typeof value === 'object' && value ? value : undefined;
});
