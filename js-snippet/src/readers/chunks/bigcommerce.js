/**
 * BigCommerce (Stencil themes): the theme's own start says what the page is, `BCData` holds the price, and the
 * Storefront API what is in the cart and what was ordered. https://developer.bigcommerce.com/docs/rest-storefront/carts
 */
import { safely } from '../../safe.js';
import { PLATFORM } from '../desk.js';
import { worthOf } from '../lines.js';
import { there } from '../markup.js';

const KINDS = /** @type {Record<string, import('../../types.js').PageKind>} */ ({
  default: 'home',
  home: 'home',
  category: 'category',
  brand: 'category',
  product: 'product',
  cart: 'cart',
  search: 'search',
  checkout: 'checkout',
  orderconfirmation: 'thanks',
});
const STARTS = /stencilBootstrap\("(?:pages\/)?([\w-]+)"/;
/** What changes a cart. Our own question has a query behind the same address. */
const CHANGES = /\/remote\/v1\/(cart|apply-code)|\/api\/storefront\/carts?(\/|$)/;
const CARTS =
  '/api/storefront/carts?include=lineItems.physicalItems.options,lineItems.digitalItems.options';

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, document, clean, amount, money, soon } = desk;
  desk.expect(PLATFORM);

  /** @type {string | undefined} */
  let start;
  /** What the page says that it is; the checkout is an application of the platform's own. */
  const kind = () => {
    start ??= [...document.scripts]
      .map(({ textContent }) => STARTS.exec(textContent ?? '')?.[1])
      .find(Boolean);
    if (start) return KINDS[start.replace(/-/g, '')];
    if (!document.querySelector('#checkout-app')) return;
    return window.checkoutConfig?.orderId ? 'thanks' : 'checkout';
  };

  /** @param {any} line of a cart or of an order */
  const toItem = (line) =>
    there({
      item_id: clean(line.productId),
      item_name: clean(line.name, 100),
      item_variant: clean(line.options?.map((/** @type {any} */ { value }) => value).join(', ')),
      item_brand: clean(line.brand),
      price: amount(line.salePrice ?? line.listPrice),
      quantity: amount(line.quantity),
    });

  /** @param {any} said of a cart or of an order @returns {any[]} */
  const linesOf = ({ lineItems = {} }) =>
    ['physicalItems', 'digitalItems', 'customItems'].flatMap((name) => lineItems[name] ?? []);

  /** @param {boolean} caused */
  const readCart = async (caused) => {
    const said = await desk.json(CARTS);
    if (!Array.isArray(said)) return;
    const [cart = {}] = said;
    desk.snapshot(
      {
        items: linesOf(cart).map(toItem),
        value: amount(cart.cartAmount) ?? 0,
        currency: cart.currency?.code,
      },
      caused,
      kind() === 'cart',
    );
  };
  const look = (/** @type {boolean} */ caused) => readCart(caused).catch(() => {});

  /** @param {number} id */
  const readOrder = async (id) => {
    const said = (await desk.json(`/api/storefront/orders/${id}`)) ?? {};
    const items = linesOf(said).map(toItem);
    const off = [said, ...(said.coupons ?? [])].reduce(
      (sum, { discountAmount = 0, discountedAmount = 0 }) =>
        sum + discountAmount + discountedAmount,
      0,
    );
    desk.order({
      transaction_id: String(id),
      ...(items.length > 0 && { items, value: Math.max(0, worthOf(items) - off) }),
      currency: said.currency?.code,
    });
  };

  const ordered = kind() === 'thanks' && amount(window.checkoutConfig?.orderId);
  // what was ordered is in no cart any more
  if (ordered)
    readOrder(ordered)
      .catch(() => {})
      .then(() => look(false));
  // an empty cart stays as it is, unless a form has led here
  else if (!desk.seenCart() || desk.told()?.items.length || kind() === 'cart' || desk.formSent())
    look(false);
  desk.onRequest(CHANGES, soon(safely(() => look(true))));

  const productNow = () => {
    const view = document.querySelector(
      '.productView [name=product_id],[data-cart-item-add] [name=product_id]',
    );
    const said = window.BCData?.product_attributes ?? {};
    const price = said.price?.with_tax ?? said.price?.without_tax ?? {};
    const shown = document.querySelector('.productView-title')?.textContent?.trim();
    return there({
      id: clean(view?.getAttribute('value')),
      name: clean(shown, 100),
      price: amount(price.value) ?? money(price.formatted, price.currency),
      currency: price.currency,
      stock: amount(said.stock ?? undefined),
      availability:
        said.instock === undefined ? undefined : said.instock ? 'InStock' : 'OutOfStock',
    });
  };

  return () => {
    const now = kind();
    return {
      ...(now && { kind: now }),
      ...(now === 'product' && { product: /** @type {any} */ (productNow()) }),
    };
  };
}
