/** The lines of a cart: what is in it, counted by product and variant. */

/** @typedef {import('../types.js').Item & {item_variant?: string}} Item */
/** How many, and what. @typedef {Record<string, [number, Item]>} Lines */

/** @param {Item} item */
const lineKey = ({ item_id, item_name, item_variant }) =>
  `${item_id ?? item_name}|${item_variant ?? ''}`;

/** @param {Item[]} items @returns {Lines} */
export function linesOf(items) {
  /** @type {Lines} */
  const lines = {};
  for (const item of items) {
    const key = lineKey(item);
    lines[key] = [(lines[key]?.[0] ?? 0) + (item.quantity ?? 1), item];
  }
  return lines;
}

/** What `more` has beyond `less`. @param {Lines} more @param {Lines} less @returns {Item[]} */
export const inItems = (more, less) =>
  Object.entries(more).flatMap(([key, [quantity, item]]) => {
    const extra = quantity - (less[key]?.[0] ?? 0);
    return extra > 0 ? [{ ...item, quantity: extra }] : [];
  });

/** What they cost, without the dust of binary fractions. @param {Item[]} items */
export const worthOf = (items) =>
  Math.round(items.reduce((sum, { price = 0, quantity = 1 }) => sum + price * quantity, 0) * 1e4) /
  1e4;

/**
 * What makes two reports one: the same name, products, quantities and value.
 *
 * @param {string} name @param {{items?: Item[], value?: number, transaction_id?: string}} data
 */
export function keyOf(name, { items = [], value = worthOf(items), transaction_id = '' }) {
  const lines = items.map((item) => `${lineKey(item)}*${item.quantity ?? 1}`);
  return [name, transaction_id, value, ...lines.sort()].join();
}
