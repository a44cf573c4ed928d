import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LAYER, MERCHANT, PAGE, PLATFORM } from '../../src/readers/desk.js';
import { aDesk, mugs } from '../fakes/desk.js';

const ADD = 'add_to_cart';
const oneMug = { currency: 'EUR', value: 10, items: [mugs(1)] };

test('a theme and its plugin that both report an add are one add', () => {
  const { desk, names, time } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  time.pass(400);
  desk.tell(LAYER, ADD, { currency: 'EUR', items: [mugs(1)] });
  assert.deepEqual(names(), [ADD]);
});

test('the same product added again after a second is a second add', () => {
  const { desk, names, time } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  time.pass(1_001);
  desk.tell(LAYER, ADD, oneMug);
  assert.deepEqual(names(), [ADD, ADD]);
});

test('another quantity at once is another add', () => {
  const { desk, names } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  desk.tell(LAYER, ADD, { ...oneMug, value: 20, items: [mugs(2)] });
  assert.deepEqual(names(), [ADD, ADD]);
});

test('of form, platform and data layer, the data layer is told, in whatever order they come', () => {
  const words = /** @type {[number, object][]} */ ([
    [PAGE, { items: [{ item_id: 'form' }] }],
    [PLATFORM, { items: [{ item_id: 'platform' }] }],
    [LAYER, { items: [{ item_id: 'layer' }] }],
  ]);
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [2, 1, 0],
    [1, 0, 2],
  ];
  for (const order of orders) {
    const { desk, reported, time } = aDesk();
    desk.expect(LAYER);
    for (const n of order) {
      const [rank, data] = words[n] ?? [PAGE, {}];
      desk.tell(rank, ADD, data);
      time.pass(300);
    }
    time.pass(5_000);
    assert.deepEqual(
      reported.map(([, { items }]) => items[0].item_id),
      ['layer'],
      String(order),
    );
  }
});

test('a platform that no data layer speaks for is told after a second', () => {
  const { desk, names, time } = aDesk();
  desk.expect(LAYER);
  desk.tell(PLATFORM, ADD, oneMug);
  time.pass(999);
  assert.deepEqual(names(), []);
  time.pass(1);
  assert.deepEqual(names(), [ADD]);
});

test('nobody waits for a source that is not there', () => {
  const { desk, names } = aDesk();
  desk.tell(PAGE, ADD, oneMug);
  assert.deepEqual(names(), [ADD]);
});

test('adds of two products by two sources are two, whichever comes first', () => {
  const { desk, names, time } = aDesk();
  desk.tell(PLATFORM, ADD, { items: [{ item_id: '41', item_name: 'Oak cup' }] });
  desk.tell(PAGE, ADD, { items: [{ item_id: 'mug', item_name: 'Ash mug' }] });
  time.pass(5_000);
  assert.deepEqual(names(), [ADD, ADD]);
});

test('a product that one source names with its variant is the same', () => {
  const { desk, names, time } = aDesk();
  desk.tell(LAYER, ADD, { items: [{ item_id: 'mug', item_name: 'Ash mug - Red' }] });
  desk.tell(PLATFORM, ADD, { items: [{ item_id: '41', item_name: 'Ash mug' }] });
  time.pass(5_000);
  assert.deepEqual(names(), [ADD]);
});

test('two adds that two sources report are two', () => {
  const { desk, names, time } = aDesk();
  desk.expect(LAYER);
  desk.tell(LAYER, ADD, oneMug);
  desk.tell(LAYER, ADD, { items: [{ item_id: 'cap' }] });
  time.pass(500);
  desk.tell(PLATFORM, ADD, { items: [{ item_id: '41' }] });
  desk.tell(PLATFORM, ADD, { items: [{ item_id: '42' }] });
  time.pass(5_000);
  assert.deepEqual(names(), [ADD, ADD]);
});

test('a form that leads to the next page is not told again by its data layer', () => {
  const { desk, memory, names, time } = aDesk();
  desk.tell(PAGE, ADD, oneMug);
  const next = aDesk({ memory: JSON.parse(JSON.stringify(memory)), time });
  time.pass(8_000);
  next.desk.expect(LAYER);
  next.desk.tell(LAYER, ADD, { items: [{ item_id: 'SKU-1' }] });
  assert.deepEqual([names(), next.names()], [[ADD], []]);
});

test('a form that the next page shows in its cart is not taken for the next add', () => {
  const { desk, memory, time } = aDesk();
  desk.snapshot({ items: [] }, false);
  desk.tell(PAGE, ADD, oneMug);
  const next = aDesk({ memory, time });
  next.desk.snapshot({ items: [mugs(1)] }, false);
  next.desk.snapshot({ items: [mugs(2)] }, true);
  assert.deepEqual(next.names(), [ADD]);
});

test('a form whose cart is the first that is seen is told, and the next add too', () => {
  const { desk, names, time } = aDesk();
  desk.expect(PLATFORM);
  desk.tell(PAGE, ADD, oneMug);
  desk.snapshot({ items: [mugs(1)] }, true);
  time.pass(2_000);
  desk.snapshot({ items: [mugs(2)] }, true);
  assert.deepEqual(names(), [ADD, ADD]);
});

test('what waits is told when the page is left', () => {
  const { desk, names, time } = aDesk();
  desk.expect(LAYER);
  desk.tell(PAGE, ADD, oneMug);
  desk.leave();
  time.pass(5_000);
  assert.deepEqual(names(), [ADD]);
});

test('what the merchant says with a call is neither told twice by us nor by the shop', () => {
  const { desk, names, time } = aDesk();
  desk.expect(LAYER);
  desk.tell(PLATFORM, ADD, oneMug);
  desk.tell(MERCHANT, ADD, oneMug);
  desk.tell(LAYER, ADD, { items: [{ item_id: 'SKU-1' }] });
  time.pass(5_000);
  assert.deepEqual(names(), []);
});

test('what somebody else has told is not told again by the merchant, whose own words all count', () => {
  const { desk, names, memory } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  assert.deepEqual(
    [desk.tell(MERCHANT, ADD, oneMug), desk.tell(MERCHANT, ADD, oneMug)].map(Boolean),
    [true, false],
  );
  assert.deepEqual([names(), memory.top], [[ADD], MERCHANT]);
});

test('a shop whose merchant has spoken once is waited for', () => {
  const { desk, names, time } = aDesk();
  desk.tell(MERCHANT, ADD, oneMug);
  time.pass(60_000);
  desk.tell(LAYER, ADD, oneMug);
  desk.tell(MERCHANT, ADD, oneMug);
  time.pass(5_000);
  assert.deepEqual(names(), []);
});

test('an order that data layer and platform number alike or not is one order', () => {
  const { desk, names, time } = aDesk();
  desk.expect(LAYER);
  desk.tell(LAYER, 'purchase', { transaction_id: '1042', value: 10 });
  desk.tell(LAYER, 'purchase', { transaction_id: '1042', value: 10 });
  desk.order({ transaction_id: '#1042', value: 10 });
  time.pass(5_000);
  assert.deepEqual(names(), ['purchase']);
});

test('an order page that says no more than a number means the cart', () => {
  const { desk, reported } = aDesk({ cart: { items: [mugs(2)], value: 20, currency: 'EUR' } });
  desk.snapshot({ items: [], value: 0 }, false);
  desk.order({ transaction_id: '7' });
  desk.order({ transaction_id: '7' });
  assert.deepEqual(reported, [
    ['purchase', { transaction_id: '7', items: [mugs(2)], value: 20, currency: 'EUR' }],
  ]);
});

test('the first look at a cart is none that puts something in', () => {
  const { carts, desk, names } = aDesk();
  desk.snapshot({ items: [mugs(2)], value: 20, currency: 'EUR' }, false);
  assert.deepEqual([names(), carts], [[], [{ items: [mugs(2)], value: 20, currency: 'EUR' }]]);
});

test('a cart that grows and shrinks tells what came and went', () => {
  const { desk, reported, time } = aDesk();
  desk.snapshot({ items: [mugs(1)], currency: 'EUR' }, false);
  desk.snapshot({ items: [mugs(3), mugs(1, { item_variant: 'red' })], currency: 'EUR' }, true);
  time.pass(2_000);
  desk.snapshot({ items: [mugs(1, { item_variant: 'red' })], currency: 'EUR' }, true);
  assert.deepEqual(reported, [
    [ADD, { currency: 'EUR', value: 30, items: [mugs(2), mugs(1, { item_variant: 'red' })] }],
    ['remove_from_cart', { currency: 'EUR', value: 30, items: [mugs(3)] }],
  ]);
});

test('two adds of one product that a cart shows in a row are two', () => {
  const { desk, names } = aDesk();
  desk.snapshot({ items: [] }, false);
  desk.snapshot({ items: [mugs(1)] }, true);
  desk.snapshot({ items: [mugs(2)] }, true);
  assert.deepEqual(names(), [ADD, ADD]);
});

test('a shipping calculator that takes lines out and puts them back in tells nothing', () => {
  const { desk, names } = aDesk();
  desk.snapshot({ items: [mugs(1)] }, false);
  desk.snapshot({ items: [mugs(1)] }, true);
  assert.deepEqual(names(), []);
});

test('what another tab has put in is not told by this one', () => {
  const { desk, memory } = aDesk();
  desk.snapshot({ items: [mugs(1)] }, false);
  const next = aDesk({ memory });
  next.desk.snapshot({ items: [mugs(2)] }, false);
  assert.deepEqual(next.names(), []);
});

test('a cart page without a line that was there tells that it was taken out', () => {
  const { desk, memory } = aDesk();
  desk.snapshot({ items: [mugs(2)] }, false);
  const cartPage = aDesk({ memory });
  cartPage.desk.snapshot({ items: [mugs(1)] }, false, true);
  assert.deepEqual(cartPage.names(), ['remove_from_cart']);
});

test('a cart that is empty after the order tells of no removal', () => {
  const { desk, memory } = aDesk();
  desk.snapshot({ items: [mugs(2)] }, false);
  const thanks = aDesk({ memory });
  thanks.desk.snapshot({ items: [] }, false);
  assert.deepEqual(thanks.names(), []);
});

test('where no shop says what is in the cart, it is added up', () => {
  const { carts, desk, time } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  time.pass(2_000);
  desk.tell(LAYER, ADD, {
    currency: 'EUR',
    items: [mugs(2), mugs(1, { item_id: 'cap', price: 5 })],
  });
  time.pass(2_000);
  desk.tell(LAYER, 'remove_from_cart', { items: [mugs(1)] });
  assert.deepEqual(
    carts.map(({ value, currency }) => [value, currency]),
    [
      [10, 'EUR'],
      [35, 'EUR'],
      [25, 'EUR'],
    ],
  );
});

test('an add that fires twice is added up once', () => {
  const { carts, desk } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  desk.tell(LAYER, ADD, oneMug);
  assert.deepEqual(
    carts.map(({ value }) => value),
    [10],
  );
});

test('a whole cart wins over what was added up', () => {
  const { carts, desk } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  desk.tell(LAYER, 'view_cart', { value: 45, currency: 'EUR', items: [mugs(5)] });
  assert.deepEqual(carts.at(-1), { value: 45, currency: 'EUR', items: [mugs(5)] });
});

test("the shop's own word on its cart wins over a data layer's", () => {
  const { carts, desk } = aDesk();
  desk.snapshot({ items: [mugs(1)], value: 9 }, false);
  desk.tell(LAYER, 'view_cart', { value: 45, items: [mugs(5)] });
  desk.tell(LAYER, ADD, oneMug);
  assert.deepEqual(
    carts.map(({ value }) => value),
    [9],
  );
});

test('an order empties a cart that was added up', () => {
  const { carts, desk } = aDesk();
  desk.tell(LAYER, ADD, oneMug);
  desk.tell(LAYER, 'purchase', { transaction_id: '1', currency: 'EUR' });
  assert.deepEqual(carts.at(-1), { items: [], value: 0, currency: 'EUR' });
});

test('a cart that the merchant states in the page is left to him', () => {
  const { carts, desk, names } = aDesk({ statesCart: true });
  desk.snapshot({ items: [] }, false);
  desk.snapshot({ items: [mugs(1)] }, true);
  assert.deepEqual([carts, names()], [[], [ADD]]);
});
