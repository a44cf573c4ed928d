/** Carts and orders as a page states them in JSON-LD. */
import { categoryOf, idOf, many, offerOf, orders } from '../jsonld.js';
import { amount, clean, currencyCode } from '../text.js';

/** @typedef {import('../types.js').Thing} Thing */

/** @param {Thing} line of an order @returns {import('../types.js').Item} */
function toItem(line) {
  const product = line.orderedItem ?? line;
  return {
    item_id: idOf(product),
    item_name: clean(product.name, 100),
    price: amount(line.price) ?? offerOf(product).price,
    quantity: amount(line.orderQuantity) ?? 1,
    item_category: categoryOf(product),
  };
}

/** @param {import('../types.js').Item[]} items */
export const worth = (items) =>
  items.reduce((sum, { price = 0, quantity = 1 }) => sum + price * quantity, 0);

/** @param {Thing} order @returns {import('../types.js').Cart} its value is what the items cost, less a discount */
function toCart(order) {
  const lines = many(order.orderedItem);
  const items = lines.map(toItem);
  return {
    items,
    value: Math.max(0, Math.round((worth(items) - (amount(order.discount) ?? 0)) * 1e4) / 1e4),
    currency: currencyCode(order.priceCurrency) ?? offerOf(lines[0]?.orderedItem ?? {}).currency,
  };
}

/**
 * Returns the cart. schema.org has no type for it; an order whose payment is due says the
 * same.
 *
 * @param {Thing[]} stated @returns {import('../types.js').Cart | undefined}
 */
export function statedCart(stated) {
  const [order] = orders(stated, true);
  return order && toCart(order);
}

/**
 * Returns the order that was just placed.
 *
 * @param {Thing[]} stated @returns {import('../types.js').Purchase | undefined}
 */
export function statedPurchase(stated) {
  const [order] = orders(stated, false);
  return order && { transaction_id: String(order.orderNumber), ...toCart(order) };
}
