/** The cart and the orders of the shop, told when they have changed. Fetched where there are any. */

import { jsonAttribute } from '../attributes.js';
import { stringify } from '../json.js';
import { recallJson, remember } from '../store.js';
import { statedCart, statedPurchase, worth } from './stated.js';

/** @typedef {import('../types.js').Cart} Cart */
/** @typedef {ReturnType<typeof followCart>} Orders */

const KEY = 'shopbell.tab';
/** More would not fit a frame. */
const MOST_ITEMS = 100;
const MOST_ORDERS = 20;

/**
 * Tells what differs from what the tab told last, also over page loads.
 *
 * @param {import('../store.js').Area} tab @param {import('../types.js').Report} report
 */
export function followCart(tab, report) {
  /** @typedef {{session?: string, cart?: Cart, orders?: string[], read?: Record<string, unknown>}} Told */
  /** @type {Told | undefined} */
  let memory;
  /** Read late: the first touch of a storage may block the page. @returns {Told} */
  const recalled = () => {
    memory ??= recallJson(tab, KEY) ?? {};
    return /** @type {Told} */ (memory);
  };
  /** The merchant's own word counts more than what we read. */
  let spoken = false;

  const keep = () => remember(tab, KEY, stringify(memory));

  /** @param {string} name @param {object} data */
  const tell = (name, data) => {
    keep();
    report(name, data);
  };

  /** Tells a cart that differs from the last; an empty one only after a full one. @param {Cart} said */
  const tellCart = ({ items, value = worth(items), currency }) => {
    const told = recalled();
    const cart = {
      items: items.slice(0, MOST_ITEMS),
      value,
      currency: currency ?? told.cart?.currency,
    };
    if (!(items.length || told.cart?.items.length)) return;
    if (stringify(cart) === stringify(told.cart)) return;
    told.cart = cart;
    tell('cart', cart);
  };

  /** Tells an order that the tab has not told. @param {import('../types.js').Purchase} order */
  const placed = (order) => {
    const told = recalled();
    const orders = told.orders ?? [];
    const number = String(order.transaction_id);
    if (orders.includes(number)) return;
    told.orders = [...orders, number].slice(-MOST_ORDERS);
    tell('purchase', { ...order, items: order.items?.slice?.(0, MOST_ITEMS) });
  };

  /** What a page, or a reader of its platform, states. @param {Cart} cart */
  const stated = (cart) => {
    if (!spoken) tellCart(cart);
  };

  return {
    /** Another page is shown: it may state the cart anew. */
    turnPage() {
      spoken = false;
    },

    /** The merchant says so. @param {Cart} cart */
    said(cart) {
      spoken = true;
      tellCart(cart);
    },

    /**
     * Reads cart and order from the page.
     *
     * @param {Document} document @param {import('../types.js').Thing[]} things
     */
    read(document, things) {
      const cart = jsonAttribute(document, 'cart') ?? statedCart(things);
      if (cart) stated(cart);
      const order = statedPurchase(things);
      if (order) placed(order);
    },

    stated,
    placed,
    keep,

    /** What readers of platforms remember in this tab. */
    memory() {
      const told = recalled();
      told.read ??= {};
      return told.read;
    },

    /** The cart told last. */
    told: () => recalled().cart,

    /** The storage may be read now: what it holds was not known before. */
    forget() {
      memory = undefined;
    },

    /** The engine named the session. A new one knows no cart, so it is told again. @param {string} session */
    inSession(session) {
      const told = recalled();
      const { session: before, cart } = told;
      if (before === session) return;
      told.session = session;
      if (before && cart?.items.length) tell('cart', cart);
      else keep();
    },
  };
}
