import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statements } from '../src/jsonld.js';
import { followCart } from '../src/orders/index.js';
import { fakeDocument } from './fakes/document.js';
import { blocked, fakeStorage } from './fakes/storage.js';

/** A document of a tab; the tab is its storage. @param {() => Storage} tab */
function aDocument(tab) {
  /** @type {[string, any][]} */
  const told = [];
  const carts = followCart(tab, (name, data) => told.push([name, data]));
  /** @param {unknown[]} jsonld @param {Record<string, string>} [attributes] */
  const shows = (jsonld, attributes) => {
    const document = fakeDocument({ jsonld, attributes });
    carts.read(document, statements(document));
  };
  return { carts, told, shows, names: () => told.map(([name]) => name) };
}

function aTab() {
  const storage = fakeStorage();
  return () => storage;
}

/** @param {number} quantity */
const cartOf = (quantity) => ({
  '@type': 'Order',
  orderStatus: 'OrderPaymentDue',
  orderedItem: quantity
    ? [
        {
          orderQuantity: quantity,
          orderedItem: { sku: 'mug', name: 'Mug', offers: { price: 620, priceCurrency: 'TWD' } },
        },
      ]
    : [],
});
const PLACED = { ...cartOf(1), orderStatus: 'OrderProcessing', orderNumber: 'A-1' };

test('a cart is told once, as long as it stays the same', () => {
  const { told, shows } = aDocument(aTab());
  shows([cartOf(2)]);
  shows([cartOf(2)]);
  const items = [{ item_id: 'mug', item_name: 'Mug', price: 620, quantity: 2 }];
  assert.equal(
    JSON.stringify(told),
    JSON.stringify([['cart', { items, value: 1_240, currency: 'TWD' }]]),
  );
});

test('a cart that changed is told again', () => {
  const { told, shows } = aDocument(aTab());
  shows([cartOf(2)]);
  shows([cartOf(3)]);
  assert.deepEqual(
    told.map(([, { value }]) => value),
    [1_240, 1_860],
  );
});

test('the next document of the tab does not tell the same cart', () => {
  const tab = aTab();
  aDocument(tab).shows([cartOf(2)]);
  const next = aDocument(tab);
  next.shows([cartOf(2)]);
  assert.deepEqual(next.told, []);
});

test('an empty cart is told once, after a full one', () => {
  const { told, shows } = aDocument(aTab());
  shows([cartOf(0)]);
  assert.deepEqual(told, []);
  shows([cartOf(1)]);
  shows([cartOf(0)]);
  shows([cartOf(0)]);
  assert.deepEqual(told.slice(1), [['cart', { items: [], value: 0, currency: 'TWD' }]]);
});

test('a page without a word of a cart says nothing about it', () => {
  const { told, shows } = aDocument(aTab());
  shows([cartOf(1)]);
  shows([]);
  assert.equal(told.length, 1);
});

test('the attribute counts more than JSON-LD', () => {
  const { told, shows } = aDocument(aTab());
  shows([cartOf(2)], {
    'data-shopbell-cart': '{"items":[{"item_id":"cap","price":5,"quantity":2}],"currency":"EUR"}',
  });
  assert.deepEqual(told[0]?.[1], {
    items: [{ item_id: 'cap', price: 5, quantity: 2 }],
    value: 10,
    currency: 'EUR',
  });
});

test('what the merchant says counts more than what the page shows, until the next page', () => {
  const { carts, told, shows } = aDocument(aTab());
  carts.said({ items: [{ item_id: 'cap', price: 5 }], value: 5, currency: 'EUR' });
  shows([cartOf(2)]);
  assert.equal(told.length, 1);
  carts.turnPage();
  shows([cartOf(2)]);
  assert.equal(told.length, 2);
});

test('an order is told once in a tab', () => {
  const tab = aTab();
  const first = aDocument(tab);
  first.shows([PLACED]);
  first.shows([PLACED]);
  const next = aDocument(tab);
  next.shows([PLACED]);
  assert.deepEqual([first.names(), next.names()], [['purchase'], []]);
  assert.equal(first.told[0]?.[1].transaction_id, 'A-1');
});

test('a new session is told the cart again', () => {
  const tab = aTab();
  const first = aDocument(tab);
  first.carts.inSession('s1');
  first.shows([cartOf(2)]);
  const next = aDocument(tab);
  next.shows([cartOf(2)]);
  next.carts.inSession('s1');
  assert.deepEqual(next.names(), []);
  next.carts.inSession('s2');
  assert.deepEqual(next.names(), ['cart']);
});

test('the first session of a tab is told nothing twice', () => {
  const { carts, shows, names } = aDocument(aTab());
  shows([cartOf(2)]);
  carts.inSession('s1');
  assert.deepEqual(names(), ['cart']);
});

test('a blocked storage does no harm', () => {
  const { shows, names } = aDocument(blocked);
  shows([cartOf(2), PLACED]);
  shows([cartOf(2), PLACED]);
  assert.deepEqual(names(), ['cart', 'purchase']);
});
