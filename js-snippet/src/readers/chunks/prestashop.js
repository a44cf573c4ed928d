/**
 * PrestaShop from 1.7: `window.prestashop` holds the page's name and the whole cart at load, and tells changes of it.
 * https://devdocs.prestashop-project.org/9/themes/reference/javascript-events/
 */
import { safely } from '../../safe.js';
import { PLATFORM } from '../desk.js';
import { there } from '../markup.js';

const KINDS = /** @type {Record<string, import('../../types.js').PageKind>} */ ({
  index: 'home',
  category: 'category',
  manufacturer: 'category',
  'new-products': 'category',
  'prices-drop': 'category',
  'best-sales': 'category',
  product: 'product',
  cart: 'cart',
  checkout: 'checkout',
  order: 'checkout',
  'order-confirmation': 'thanks',
  search: 'search',
});

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, document, clean, amount, money } = desk;
  const shop = window.prestashop;
  const kind = () => KINDS[shop.page?.page_name];
  const currency = () => shop.currency?.iso_code;
  desk.expect(PLATFORM);

  /** @param {any} line */
  const toItem = (line) =>
    there({
      item_id: clean(line.id_product ?? line.id),
      item_name: clean(line.name, 100),
      item_variant: clean(line.attributes_small ?? Object.values(line.attributes ?? {}).join(', ')),
      item_brand: clean(line.manufacturer_name),
      item_category: clean(line.category),
      price: money(
        line.price_wt ?? line.price_with_reduction ?? line.price_amount ?? line.price,
        currency(),
      ),
      quantity: amount(line.cart_quantity ?? line.quantity),
    });

  /** @param {any} cart @param {boolean} caused */
  const tellCart = (cart, caused) => {
    if (!Array.isArray(cart?.products)) return;
    const { products, discounts } = cart.subtotals ?? {};
    const worth = money(products?.amount) ?? money(cart.totals?.total?.amount);
    const value =
      worth === undefined ? undefined : Math.max(0, worth - (money(discounts?.amount) ?? 0));
    desk.snapshot(
      { items: cart.products.map(toItem), value, currency: currency() },
      caused,
      kind() === 'cart',
    );
  };
  tellCart(shop.cart, false);
  safely(() =>
    shop.on?.(
      'updateCart',
      safely((/** @type {any} */ said) =>
        tellCart(said?.reason?.cart ?? said?.resp?.cart ?? shop.cart, true),
      ),
    ),
  )();
  // a change on the cart page carries no cart in some themes: the page's own holds it afterwards
  safely(() =>
    shop.on?.(
      'updatedCart',
      safely(() => tellCart(shop.cart, true)),
    ),
  )();

  const order = () => {
    const number = /:\s*([A-Z]{6,12})\b/.exec(
      document.querySelector('#order-details li')?.textContent ?? '',
    )?.[1];
    const id = number ?? new URLSearchParams(window.location.search).get('id_order');
    if (id) desk.order({ transaction_id: id, currency: currency() });
  };

  return () => {
    const now = kind();
    if (now === 'thanks') order();
    const id = document
      .querySelector('#product_page_product_id,#add-to-cart-or-refresh [name=id_product]')
      ?.getAttribute('value');
    return {
      ...(now && { kind: now }),
      ...(now === 'product' &&
        id && { product: /** @type {any} */ ({ id, currency: currency() }) }),
    };
  };
}
