/** The cart and the orders of the shop, told when they have changed. */
import { jsonAttribute } from './attributes.js';
import { statedCart, statedPurchase } from './jsonld.js';

/** @typedef {import('./types.js').Cart} Cart */

const KEY = 'shopbell.tab';
/** More would not fit a frame. */
const MOST_ITEMS = 100;
const MOST_ORDERS = 20;

/** @param {Cart} cart @returns {Cart} with its value, if only its items say it */
function whole({ items, value, currency }) {
  const list = Array.isArray(items) ? items : [];
  const sum = list.reduce((total, item) => total + (item.price ?? 0) * (item.quantity ?? 1), 0);
  return { items: list.slice(0, MOST_ITEMS), value: value ?? sum, currency };
}

/** Knows what the tab last told of its cart, also over page loads. */
export class CartReports {
  /** @type {{session?: string, cart?: string, currency?: string, orders: string[]}} */
  #told = { orders: [] };
  /** The merchant's own word counts more than what we read. */
  #spoken = false;
  #store;
  #report;

  /**
   * @param {import('./store.js').Store} store of the tab
   * @param {import('./types.js').Report} report
   */
  constructor(store, report) {
    this.#store = store;
    this.#report = report;
    try {
      const told = JSON.parse(store.get(KEY) ?? '');
      if (Array.isArray(told.orders)) this.#told = told;
    } catch {
      // nothing was told yet
    }
  }

  #save() {
    this.#store.set(KEY, JSON.stringify(this.#told));
  }

  /** Another page is shown: it may state the cart anew. */
  turnPage() {
    this.#spoken = false;
  }

  /** The merchant says so. @param {Cart} cart */
  said(cart) {
    this.#spoken = true;
    this.#tell(cart);
  }

  /**
   * Reads cart and order from the page.
   *
   * @param {Document} document @param {import('./types.js').Thing[]} stated
   */
  read(document, stated) {
    const cart = jsonAttribute(document, 'cart') ?? statedCart(stated);
    if (cart && !this.#spoken) this.#tell(cart);
    const order = statedPurchase(stated);
    if (!order || this.#told.orders.includes(order.transaction_id)) return;
    this.#told.orders = [...this.#told.orders, order.transaction_id].slice(-MOST_ORDERS);
    this.#save();
    this.#report('purchase', { ...order, items: order.items.slice(0, MOST_ITEMS) });
  }

  /** Tells a cart that differs from the last; an empty one only after a full one. @param {Cart} said */
  #tell(said) {
    const cart = whole(said);
    cart.currency ??= this.#told.currency;
    const text = JSON.stringify(cart);
    if (cart.items.length === 0 && !this.#told.cart) return;
    if (text === this.#told.cart) return;
    this.#told.cart = cart.items.length ? text : '';
    this.#told.currency = cart.currency;
    this.#save();
    this.#report('cart', cart);
  }

  /**
   * The engine named the session. A new one knows no cart, so it is told again.
   *
   * @param {string} session @param {boolean} underWay whether a cart is to be acknowledged anyway
   */
  inSession(session, underWay) {
    const { session: before, cart } = this.#told;
    if (before === session) return;
    this.#told.session = session;
    this.#save();
    if (before && cart && !underWay) this.#report('cart', JSON.parse(cart));
  }
}
