import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromDataLayer, fromTrack } from '../../src/readers/layers.js';

/** The arguments of a call, as gtag pushes them. @param {any[]} _args */
function called(..._args) {
  // biome-ignore lint/complexity/noArguments: gtag pushes just this
  return arguments;
}

const ITEM = { item_id: 'mug', item_name: 'Mug', price: 10, quantity: 2 };
const TOLD = [['add_to_cart', { value: 20, currency: 'EUR', items: [ITEM] }]];

/** @type {[string, any][]} */
const WAYS = [
  [
    'by Tag Manager',
    { event: 'add_to_cart', ecommerce: { currency: 'EUR', value: 20, items: [ITEM] } },
  ],
  [
    'by a call of gtag',
    called('event', 'add_to_cart', { currency: 'EUR', value: 20, items: [ITEM] }),
  ],
  ['as an array', ['event', 'add_to_cart', { currency: 'EUR', value: 20, items: [ITEM] }]],
  [
    'by what gtag keeps',
    { event: 'add_to_cart', eventModel: { currency: 'EUR', value: 20, items: [ITEM] } },
  ],
  ['flat', { event: 'add_to_cart', currency: 'eur', value: '20.00', items: [ITEM] }],
  [
    'by Universal Analytics',
    {
      event: 'addToCart',
      ecommerce: {
        currencyCode: 'EUR',
        add: {
          actionField: { value: 20 },
          products: [{ id: 'mug', name: 'Mug', price: '10.00', quantity: '2' }],
        },
      },
    },
  ],
  [
    'by gtm4wp',
    {
      event: 'gtm4wp.addProductToCartEEC',
      ecommerce: {
        currencyCode: 'EUR',
        add: {
          actionField: { value: 20 },
          products: [{ id: 'mug', name: 'Mug', price: 10, quantity: 2 }],
        },
      },
    },
  ],
];
for (const [way, entry] of WAYS) {
  test(`an add is read when told ${way}`, () => {
    const [[name, data] = []] = fromDataLayer(entry);
    assert.equal(name, 'add_to_cart');
    assert.deepEqual(
      { value: data?.value, currency: data?.currency?.toUpperCase(), items: data?.items },
      TOLD[0]?.[1],
    );
  });
}

const NOTHING = [
  null,
  undefined,
  'event',
  42,
  () => {},
  {},
  { ecommerce: null },
  { event: 'gtm.js', 'gtm.start': 1 },
  { event: 'add_to_cart' },
  { event: 'add_to_cart', ecommerce: { items: 'mug' } },
  { event: 'add_to_cart', ecommerce: { items: [null, 'mug', { price: 3 }] } },
  { event: 'user_signed', user: { email: 'ann@example.com' } },
  called('consent', 'update', { analytics_storage: 'granted' }),
  called('js', new Date()),
  called('config', 'G-1'),
  called('event', 'scroll_depth', { percent: 40 }),
  called('event', 'purchase', { value: 3, items: [ITEM] }),
];
NOTHING.forEach((entry, n) => {
  test(`nothing is made of an entry that says nothing of the shop (${n})`, () => {
    assert.deepEqual(fromDataLayer(entry), []);
  });
});

test('only what belongs to the event is copied', () => {
  const entry = {
    event: 'add_to_cart',
    user_email: 'ann@example.com',
    ecommerce: {
      currency: 'EUR',
      email: 'ann@example.com',
      items: [{ ...ITEM, item_name: 'Mug of ann@example.com', customer: { name: 'Ann' }, gtin: 4 }],
    },
  };
  assert.deepEqual(fromDataLayer(entry), [
    ['add_to_cart', { currency: 'EUR', items: [{ ...ITEM, item_name: 'Mug of -' }] }],
  ]);
});

test('what the shop pushed stays as it was', () => {
  const entry = Object.freeze({
    event: 'view_item',
    ecommerce: Object.freeze({ items: Object.freeze([Object.freeze(ITEM)]) }),
  });
  const before = JSON.stringify(entry);
  fromDataLayer(entry);
  assert.equal(JSON.stringify(entry), before);
});

test('categories of one path are categories of their own', () => {
  const entry = {
    ecommerce: { detail: { products: [{ id: 'mug', category: 'Home/Kitchen/Mugs' }] } },
  };
  assert.deepEqual(fromDataLayer(entry)[0]?.[1].items, [
    { item_category: 'Home', item_category2: 'Kitchen', item_category3: 'Mugs', item_id: 'mug' },
  ]);
});

test('an order of Universal Analytics is a purchase', () => {
  const purchase = {
    actionField: { id: 'T-7', revenue: '35.43', tax: '4.90', shipping: '5.99', coupon: 'SUMMER' },
    products: [{ id: 'mug', name: 'Mug', price: '10', quantity: 2 }],
  };
  assert.deepEqual(fromDataLayer({ ecommerce: { currencyCode: 'EUR', purchase } }), [
    [
      'purchase',
      {
        value: 35.43,
        tax: 4.9,
        shipping: 5.99,
        coupon: 'SUMMER',
        transaction_id: 'T-7',
        currency: 'EUR',
        items: [ITEM],
      },
    ],
  ]);
});

test('an order of classic Analytics is a purchase', () => {
  const entry = {
    transactionId: 1234,
    transactionTotal: 38.26,
    transactionProducts: [{ sku: 'mug', name: 'Mug', price: 10, quantity: 2 }],
  };
  assert.deepEqual(fromDataLayer(entry), [
    ['purchase', { value: 38.26, transaction_id: '1234', items: [ITEM] }],
  ]);
});

test('the second step of a checkout is not its beginning', () => {
  const at = (/** @type {number} */ step) =>
    fromDataLayer({ ecommerce: { checkout: { actionField: { step }, products: [ITEM] } } }).map(
      ([name]) => name,
    );
  assert.deepEqual([at(1), at(2)], [['begin_checkout'], []]);
});

test('a list of impressions is a viewed list', () => {
  const entry = { ecommerce: { impressions: [{ id: 'mug', list: 'Home', position: 1 }] } };
  assert.deepEqual(fromDataLayer(entry), [
    ['view_item_list', { items: [{ item_id: 'mug', index: 1, item_list_name: 'Home' }] }],
  ]);
});

test('search results are a search', () => {
  assert.deepEqual(fromDataLayer(called('event', 'view_search_results', { search_term: 'mug' })), [
    ['search', { search_term: 'mug' }],
  ]);
});

test('a list of a thousand products is cut to what a frame holds', () => {
  const items = Array.from({ length: 1_000 }, (_, n) => ({ item_id: `p${n}` }));
  const [[, data] = []] = fromDataLayer({ event: 'view_item_list', ecommerce: { items } });
  assert.equal(data?.items?.length, 100);
});

/** @type {[string, string, object, object][]} */
const TRACKED = [
  [
    'Product Added',
    'add_to_cart',
    { product_id: '507f', sku: 'G-32', name: 'Mug', price: 18.99, quantity: 1, category: 'Games' },
    {
      items: [
        { item_id: '507f', item_name: 'Mug', price: 18.99, quantity: 1, item_category: 'Games' },
      ],
    },
  ],
  ['Products Searched', 'search', { query: 'blue roses' }, { search_term: 'blue roses' }],
  [
    'Checkout Started',
    'begin_checkout',
    { order_id: '5', value: 20, currency: 'USD', products: [{ sku: 'G-32' }] },
    { value: 20, currency: 'USD', items: [{ item_id: 'G-32' }] },
  ],
  [
    'Order Completed',
    'purchase',
    {
      order_id: '50314',
      total: 27.5,
      revenue: 25,
      currency: 'USD',
      products: [{ product_id: '507f', quantity: 2 }],
    },
    {
      transaction_id: '50314',
      value: 25,
      currency: 'USD',
      items: [{ item_id: '507f', quantity: 2 }],
    },
  ],
  [
    'Product List Viewed',
    'view_item_list',
    { list_id: 'hot', products: [{ product_id: '507f' }] },
    { item_list_id: 'hot', items: [{ item_id: '507f' }] },
  ],
];
for (const [name, ours, props, data] of TRACKED) {
  test(`Segment's ${name} is ${ours}`, () => {
    const [[told, said] = []] = fromTrack(name, props);
    assert.equal(told, ours);
    assert.deepEqual(said, data);
  });
}

test('what Segment hears beside the shop is nothing to us', () => {
  assert.deepEqual(
    [fromTrack('Invoice Paid', { email: 'a@b.cc' }), fromTrack(undefined)],
    [[], []],
  );
});
