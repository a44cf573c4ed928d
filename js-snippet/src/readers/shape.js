/**
 * Events as GA4 names and shapes them, from whatever a data layer holds. Only the keys listed here are copied: a data
 * layer also holds what is nobody's business, such as who is logged in.
 */
import { amount, clean, currencyCode } from '../text.js';

/** @typedef {any} Raw something of the shop's: nothing about it is certain */
/** @typedef {import('./lines.js').Item} Item */
/** @typedef {[name: string, data: {items?: Item[], value?: number, currency?: string, transaction_id?: string}]} Event */

/** More would not fit a frame. */
const MOST_ITEMS = 100;

const EVENTS =
  /^(view_item|view_item_list|select_item|add_to_cart|remove_from_cart|add_to_wishlist|view_cart|begin_checkout|add_shipping_info|add_payment_info|purchase|refund|search|sign_up|login|generate_lead|view_promotion|select_promotion)$/;
/** Without a product, these say nothing. */
const OF_ITEMS = /^(view_item|select_item|add_to_\w+|remove_from_cart)$/;

const NUMBERS = 'price quantity discount index value tax shipping'.split(' ');
const KEYS =
  'value tax shipping coupon transaction_id payment_type shipping_tier item_list_id item_list_name promotion_id promotion_name creative_name creative_slot search_term method affiliation customer_type'.split(
    ' ',
  );
const ITEM_KEYS =
  'item_id item_name affiliation coupon discount index item_brand item_category item_category2 item_category3 item_category4 item_category5 item_list_id item_list_name item_variant location_id price quantity'.split(
    ' ',
  );
/** What older and other vocabularies call the same. */
const ALSO = /** @type {Record<string, string>} */ ({
  item_id: 'product_id id sku',
  item_name: 'name',
  item_brand: 'brand',
  item_variant: 'variant',
  item_list_name: 'list list_name',
  item_list_id: 'list_id',
  index: 'position',
  value: 'revenue total',
  transaction_id: 'order_id id',
  search_term: 'query',
  payment_type: 'payment_method',
  shipping_tier: 'shipping_method',
  promotion_id: 'id',
  promotion_name: 'name',
  creative_name: 'creative',
  creative_slot: 'position',
});

/** @param {string} key @param {unknown} value */
const sound = (key, value) => {
  if (NUMBERS.includes(key)) return amount(value);
  return typeof value === 'object' ? undefined : clean(value) || undefined;
};

/** @param {Raw} raw @param {string[]} keys @returns {Record<string, any>} a copy of what is listed */
function pick(raw, keys) {
  /** @type {Record<string, any>} */
  const picked = {};
  for (const key of keys) {
    const called = [key, ...(ALSO[key]?.split(' ') ?? [])].find(
      (name) => raw[name] != null && raw[name] !== '',
    );
    const value = called && sound(key, raw[called]);
    if (value !== undefined && value !== '') picked[key] = value;
  }
  return picked;
}

/** "Home/Kitchen" and ["Home", "Kitchen"] are two categories. @param {Raw} category */
function categories(category) {
  const parts = Array.isArray(category) ? category : String(category ?? '').split('/');
  const named = parts
    .map((part) => clean(part)?.trim())
    .filter(Boolean)
    .slice(0, 5);
  return Object.fromEntries(named.map((part, n) => [`item_category${n ? n + 1 : ''}`, part]));
}

/** @param {Raw} list @returns {Item[]} */
export const toItems = (list) =>
  (Array.isArray(list) ? list : [])
    .slice(0, MOST_ITEMS)
    .filter((raw) => raw && typeof raw === 'object')
    .map((raw) => ({ ...categories(raw.category), ...pick(raw, ITEM_KEYS) }))
    .filter((/** @type {Item} */ { item_id, item_name }) => item_id ?? item_name);

/**
 * @param {string} name of GA4 @param {Raw} raw @param {Raw} [list] of products
 * @returns {Event[]} none if nothing can be made of it
 */
export function event(name, raw, list = raw.items ?? raw.products) {
  const given = toItems(list);
  const items = given.length || !OF_ITEMS.test(name) ? given : toItems([raw]);
  if (!EVENTS.test(name) || (OF_ITEMS.test(name) && !items.length)) return [];
  const keys = /promotion/.test(name) ? KEYS : KEYS.filter((key) => !/^(promo|creat)/.test(key));
  const { transaction_id, ...data } = pick(raw, keys);
  const currency = currencyCode(raw.currency ?? raw.currencyCode);
  if (name === 'purchase' && !transaction_id) return [];
  const ordered = /purchase|refund/.test(name) && { transaction_id };
  return [
    [
      name,
      {
        ...data,
        ...ordered,
        ...(currency && { currency }),
        ...((items.length || name === 'purchase') && { items }),
      },
    ],
  ];
}
