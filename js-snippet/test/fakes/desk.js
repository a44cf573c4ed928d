/** A desk of the readers, with everything that it hands on. */
import { openDesk } from '../../src/readers/desk.js';
import { worthOf } from '../../src/readers/lines.js';
import { fakeTime } from './time.js';

/**
 * @param {{
 *   memory?: import('../../src/readers/desk.js').Memory,
 *   cart?: import('../../src/types.js').Cart,
 *   statesCart?: boolean,
 *   time?: ReturnType<typeof fakeTime>,
 * }} [page] memory and cart: what earlier pages of the tab have left
 */
export function aDesk({ memory = {}, cart, statesCart = false, time = fakeTime() } = {}) {
  /** @type {[string, any][]} */
  const reported = [];
  /** @type {import('../../src/types.js').Cart[]} */
  const carts = [];
  const desk = openDesk({
    report: (name, data) => reported.push([name, data]),
    cart: (told) => carts.push({ ...told, value: told.value ?? worthOf(told.items) }),
    told: () => carts.at(-1) ?? cart,
    memory: () => memory,
    statesCart: () => statesCart,
    wall: time.now,
    after: time.after,
  });
  const names = () => reported.map(([name]) => name);
  return { desk, reported, carts, names, time, memory };
}

/** @param {number} quantity @param {object} [more] */
export const mugs = (quantity, more) => ({
  item_id: 'mug',
  item_name: 'Mug',
  price: 10,
  quantity,
  ...more,
});
