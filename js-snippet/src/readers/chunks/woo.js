/**
 * WooCommerce, with classic templates and with blocks. What is in the cart is asked of the Store API, which is public
 * for reading, when the cart's hash has changed or an event says so.
 *
 * jQuery calls a property `on<event>` of the element too: a handler set there hears the events of a jQuery that has not
 * loaded yet. https://developer.woocommerce.com/docs/cart-and-checkout-dom-events
 */
import { safely } from '../../safe.js';
import { PLATFORM } from '../desk.js';
import { there } from '../markup.js';

/** The first class that the body has decides. @type {[import('../../types.js').PageKind, string][]} */
const KINDS = [
  ['thanks', 'woocommerce-order-received'],
  ['cart', 'woocommerce-cart'],
  ['checkout', 'woocommerce-checkout'],
  ['search', 'search-results'],
  ['product', 'single-product'],
  ['category', 'post-type-archive-product'],
  ['category', 'tax-product_cat'],
  ['category', 'tax-product_tag'],
  ['home', 'home'],
];
const JQUERY =
  'added_to_cart removed_from_cart updated_wc_div updated_cart_totals wc_fragments_refreshed';
const BLOCKS = 'wc-blocks_added_to_cart wc-blocks_removed_from_cart';
const CHANGES = /\/wc\/store\/v1\/(cart\/|batch)|wc-ajax=(add_to_cart|remove_from_cart)/;

const NAMED = /** @type {Record<string, string>} */ ({
  amp: '&',
  quot: '"',
  lt: '<',
  gt: '>',
  nbsp: ' ',
});

/**
 * What the cart is worth in minor units, less discounts. The totals are without the tax; the prices of the lines are as
 * the shop shows them, and so is what they add up to.
 *
 * @param {any[]} lines @param {any} totals
 */
function worth(lines, totals) {
  const of = (/** @type {string} */ name) => Number(totals[name]) || 0;
  const shown = lines.reduce(
    (sum, { prices, quantity }) => sum + (Number(prices?.price) || 0) * quantity,
    0,
  );
  const net = of('total_items');
  const gross = net + of('total_items_tax');
  const isNet = Math.abs(shown - net) <= Math.abs(shown - gross);
  const value = isNet
    ? net - of('total_discount')
    : gross - of('total_discount') - of('total_discount_tax');
  return Math.max(0, value);
}

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, document, clean, major, money, amount, soon } = desk;
  const body = document.body;
  const kind = () => KINDS.find(([, name]) => body.classList.contains(name))?.[0];
  const cookie = (/** @type {string} */ name) =>
    new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1];
  desk.expect(PLATFORM);

  /** @param {any} line @param {any} prices */
  const toItem = (line, prices = line.prices ?? {}) =>
    there({
      item_id: clean(line.id),
      item_name: clean(unescaped(line.name), 100),
      item_variant: clean(
        line.variation?.map?.((/** @type {any} */ { value }) => value).join(', '),
      ),
      price: major(prices.price, prices.currency_minor_unit),
      quantity: amount(line.quantity),
    });

  /** The Store API writes names as HTML. @param {unknown} text */
  const unescaped = (text) =>
    String(text ?? '').replace(
      /&(?:#(x?)([\da-f]{1,5})|(amp|quot|lt|gt|nbsp));/gi,
      (entity, hex, code, name) =>
        code
          ? String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10))
          : (NAMED[name.toLowerCase()] ?? entity),
    );

  const api = () =>
    document.querySelector('link[rel="https://api.w.org/"]')?.getAttribute('href') ?? '/wp-json/';

  /** @param {boolean} caused @returns {Promise<boolean>} whether the shop answered */
  const readCart = async (caused) => {
    const cart = await desk.json(`${api()}wc/store/v1/cart`);
    const { totals = {} } = cart ?? {};
    if (!Array.isArray(cart?.items)) return false;
    desk.snapshot(
      {
        items: cart.items.map((/** @type {any} */ line) => toItem(line)),
        value: major(worth(cart.items, totals), totals.currency_minor_unit),
        currency: totals.currency_code,
      },
      caused,
      kind() === 'cart',
    );
    return true;
  };

  /** The button that was pressed, where the shop has no Store API. @type {HTMLElement | undefined} */
  let button;
  const changed = soon(() => {
    const pressed = button;
    button = undefined;
    readCart(true)
      .catch(() => false)
      .then(
        safely((answered) => {
          const { product_id, quantity } = pressed?.dataset ?? {};
          if (answered || !product_id) return;
          desk.tell(PLATFORM, 'add_to_cart', {
            items: [{ item_id: product_id, quantity: amount(quantity ?? 1) }],
          });
        }),
      );
  });

  for (const name of JQUERY.split(' ')) {
    const before = /** @type {any} */ (body)[`on${name}`];
    /** @this {any} @param {any[]} args */
    const hear = function (...args) {
      safely(() => {
        if (name === 'added_to_cart') button = args[3]?.[0] ?? args[3];
        changed();
      })();
      return typeof before === 'function' ? Reflect.apply(before, this, args) : undefined;
    };
    /** @type {any} */ (body)[`on${name}`] = hear;
  }
  for (const name of BLOCKS.split(' ')) body.addEventListener(name, changed);
  desk.onRequest(CHANGES, changed);
  // an empty cart has no such cookie; a page from a cache does not know what is in it
  const hash = cookie('woocommerce_cart_hash') ?? '';
  const another = desk.mark('woo', hash) || !desk.seenCart();
  if (!hash && another) desk.snapshot({ items: [], value: 0 }, false);
  if (hash && (another || kind() === 'cart')) readCart(false).catch(() => {});

  /** What the page says of the order that was placed. */
  const order = () => {
    const [, id] = /order-received\/(\d+)/.exec(window.location.pathname) ?? [];
    const said = (/** @type {string} */ name) =>
      document.querySelector(`.woocommerce-order-overview__${name} strong`)?.textContent;
    const total =
      said('total') ??
      document.querySelector('.wc-block-order-confirmation-totals__total td')?.textContent;
    const currency = desk.told()?.currency ?? window.wcSettings?.currency?.code;
    const transaction_id = id ?? said('order')?.trim();
    if (transaction_id) desk.order({ transaction_id, value: money(total, currency), currency });
  };

  return () => {
    const now = kind();
    if (now === 'thanks') order();
    const form = document.querySelector('form.cart');
    const id =
      form?.getAttribute('data-product_id') ??
      form?.querySelector('[name=add-to-cart],[name=product_id]')?.getAttribute('value') ??
      /\bpostid-(\d+)/.exec(body.className)?.[1];
    return {
      ...(now && { kind: now }),
      ...(now === 'product' && id && { product: /** @type {any} */ ({ id }) }),
    };
  };
}
