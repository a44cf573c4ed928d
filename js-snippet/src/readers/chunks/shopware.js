/**
 * Shopware 6: the route's name, or in older releases the controller among the body's classes, says what the page is.
 * What is in the cart stands in hidden elements beside it, made for analytics: on the cart's pages, and in the drawer
 * that opens after something went in.
 */
import { PLATFORM } from '../desk.js';
import { there } from '../markup.js';

/** @type {[import('../../types.js').PageKind, RegExp][]} */
const KINDS = [
  ['thanks', /checkout\.finish|is-act-finishpage/],
  ['cart', /checkout\.cart|is-act-cartpage/],
  ['checkout', /checkout\.(confirm|register)|is-act-(confirmpage|checkoutregisterpage)/],
  ['search', /frontend\.search|is-ctl-search/],
  ['product', /frontend\.detail|is-ctl-product\b/],
  ['home', /frontend\.home|is-act-home\b/],
  ['category', /frontend\.navigation|is-ctl-navigation/],
];

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, document, clean, money } = desk;
  const kind = () => {
    const names = `${window.activeRoute ?? ''} ${document.body.className}`;
    return KINDS.find(([, name]) => name.test(names))?.[0];
  };
  desk.expect(PLATFORM);

  let raw = '';
  /** What the page holds for analytics, as a cart or an order. */
  const stated = () => {
    const all = [...document.querySelectorAll('.hidden-line-items-information')];
    const box = all.at(-1);
    if (!box) return;
    const data = (/** @type {Element} */ element, /** @type {string} */ name) =>
      element.getAttribute(`data-${name}`) ?? undefined;
    const currency = data(box, 'currency');
    const items = [...box.querySelectorAll('.hidden-line-item')].map((line) =>
      there({
        item_id: clean(data(line, 'sku') ?? data(line, 'id')),
        item_name: clean(data(line, 'name'), 100),
        item_brand: clean(data(line, 'brand')),
        item_category: clean(data(line, 'category')),
        price: money(data(line, 'price'), currency),
        quantity: money(data(line, 'quantity')),
      }),
    );
    const value = money(data(box, 'value'), currency);
    return {
      items,
      currency,
      value,
      tax: money(data(box, 'tax')),
      shipping: money(data(box, 'shipping')),
    };
  };

  let first = true;
  const look = () => {
    const said = stated();
    const caused = !first;
    first = false;
    if (!said || JSON.stringify(said) === raw) return;
    raw = JSON.stringify(said);
    const { items, value, currency, ...fees } = said;
    if (kind() === 'thanks') {
      const id = document.querySelector('[data-order-number]')?.getAttribute('data-order-number');
      if (id) desk.order({ transaction_id: id, items, value, currency, ...fees });
    } else desk.snapshot({ items, currency }, caused, kind() === 'cart');
  };

  return () => {
    look();
    const now = kind();
    const id = document
      .querySelector('.product-detail-ordernumber,[itemprop=sku]')
      ?.textContent?.trim();
    return {
      ...(now && { kind: now }),
      ...(now === 'product' && id && { product: /** @type {any} */ ({ id: clean(id) }) }),
    };
  };
}
