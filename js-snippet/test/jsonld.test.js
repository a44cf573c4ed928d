import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statedCategory, statedProduct, statements } from '../src/jsonld.js';
import { statedCart, statedPurchase } from '../src/orders/stated.js';
import { grouped } from '../src/readers/chunks/facts.js';
import { fakeDocument } from './fakes/document.js';

const MUG = {
  '@type': 'Product',
  sku: 'mug',
  name: 'Mug',
  category: 'Kitchen',
  image: '/mug.webp',
  offers: {
    '@type': 'Offer',
    price: 620,
    priceCurrency: 'TWD',
    availability: 'https://schema.org/InStock',
    inventoryLevel: { '@type': 'QuantitativeValue', value: 7 },
  },
};
const CAP = { '@type': 'Product', sku: 'cap', name: 'Cap' };

/** @param {unknown[]} jsonld */
const stated = (...jsonld) => statements(fakeDocument({ jsonld }));

/** @param {unknown[]} jsonld */
const product = (...jsonld) => JSON.parse(JSON.stringify(statedProduct(stated(...jsonld)) ?? null));

test('a product is read with its offer', () => {
  assert.deepEqual(product(MUG), {
    id: 'mug',
    name: 'Mug',
    price: 620,
    currency: 'TWD',
    category: 'Kitchen',
    image: '/mug.webp',
    availability: 'InStock',
    stock: 7,
  });
});

/** @type {[string, unknown[]][]} */
const WAYS = [
  ['in a graph', [{ '@context': 'https://schema.org', '@graph': [{ '@type': 'WebSite' }, MUG] }]],
  ['in a list', [[{ '@type': 'Organization' }, MUG]]],
  ['with several types', [{ ...MUG, '@type': ['Thing', 'Product'] }]],
  ['with a type of a full address', [{ ...MUG, '@type': 'https://schema.org/Product' }]],
  ['with a type in a vocabulary prefix', [{ ...MUG, '@type': 'schema:Product' }]],
  ['as an individual product', [{ ...MUG, '@type': 'IndividualProduct' }]],
  ['as the main entity of its page', [{ '@type': 'ItemPage', mainEntity: MUG }]],
  ['as main entity beside recommended ones', [{ '@type': 'ItemPage', mainEntity: MUG }, CAP]],
  ['marked as main entity beside recommended ones', [CAP, { ...MUG, mainEntityOfPage: '/mug' }]],
  ['stated twice', [MUG, MUG]],
  ['beside a script that is no JSON', ['{"@type": "Product",}', '', MUG]],
  [
    'with a list of availabilities',
    [{ ...MUG, offers: { ...MUG.offers, availability: ['InStock', 'OnlineOnly'] } }],
  ],
  ['with several offers', [{ ...MUG, offers: [MUG.offers, { price: 9_999 }] }]],
];
for (const [way, jsonld] of WAYS) {
  test(`a product is found ${way}`, () => {
    assert.equal(product(...jsonld)?.id, 'mug');
    assert.equal(product(...jsonld)?.price, 620);
  });
}

test('nothings in the data do no harm', () => {
  const { price, category } = product({
    ...MUG,
    offers: [null, { price: 5 }],
    category: [null],
    image: null,
  });
  assert.deepEqual([price, category], [5, '']);
  assert.deepEqual(stated([null], { '@graph': null }, 'null').length, 1);
});

test('several products make no product page', () => {
  assert.equal(product(MUG, CAP), null);
});

test('the products of a list are not the product of the page', () => {
  const itemListElement = [{ '@type': 'ListItem', item: MUG }];
  assert.equal(product({ '@type': 'ItemList', itemListElement }), null);
});

test('a product group is known by its group, and costs what its variants cost', () => {
  const group = {
    '@type': 'ProductGroup',
    productGroupID: 'shirt',
    name: 'Shirt',
    hasVariant: [
      { '@type': 'Product', sku: 'shirt-s', offers: { price: '19.90', priceCurrency: 'EUR' } },
    ],
  };
  assert.deepEqual(product(group), { id: 'shirt', name: 'Shirt', price: 19.9, currency: 'EUR' });
});

test('a group whose variants stand beside it is one product', () => {
  const group = { '@type': 'ProductGroup', '@id': '#g', productGroupID: 'mugs', name: 'Mugs' };
  const variants = ['red', 'blue'].map((sku) => ({ ...MUG, sku, isVariantOf: { '@id': '#g' } }));
  const { id, name, price } = statedProduct(grouped(stated([group, ...variants]))) ?? {};
  assert.deepEqual([id, name, price], ['mugs', 'Mugs', 620]);
  assert.equal(statedProduct(grouped(stated(MUG, CAP))), undefined);
});

test('an aggregate offer costs its lowest price', () => {
  const offers = {
    '@type': 'AggregateOffer',
    lowPrice: '12.50',
    highPrice: 30,
    priceCurrency: 'EUR',
  };
  assert.equal(product({ ...MUG, offers }).price, 12.5);
});

test('a price may stand in a price specification', () => {
  const offers = { priceSpecification: [{ price: '7', priceCurrency: 'USD' }] };
  const { price, currency } = product({ ...MUG, offers });
  assert.deepEqual([price, currency], [7, 'USD']);
});

/** @type {[unknown, number | undefined][]} */
const PRICES = [
  [1_299, 1299],
  [0, 0],
  ['1299', 1299],
  ['1299.00', 1299],
  ['1,299.00', 1299],
  ['1.299,00', 1299],
  ['12,50', 12.5],
  ['1,299', 1299],
  ['1,299,000', 1299000],
  ['NT$ 620', 620],
  ['Rs. 500', 500],
  ['Rs.1,299.50', 1299.5],
  ['Fr. 25', 25],
  ['299,00 kr.', 299],
  ['1 299,50 руб.', 1299.5],
  ['25,00 лв.', 25],
  ['12.00 inc. VAT', 12],
  ['$.99', 0.99],
  ['19.9 €', 19.9],
  ['free', undefined],
  [null, undefined],
];
for (const [written, price] of PRICES) {
  test(`a price written ${JSON.stringify(written)} is ${price}`, () => {
    assert.equal(product({ ...MUG, offers: { price: written } }).price, price);
  });
}

test('a collection is a category, by its name', () => {
  assert.equal(
    statedCategory(
      stated({ '@type': 'CollectionPage', name: 'Kitchen', mainEntity: { '@type': 'ItemList' } }),
    ),
    'Kitchen',
  );
});

test('a list without a name has that of the last breadcrumb', () => {
  const trail = {
    '@type': 'BreadcrumbList',
    itemListElement: [{ name: 'Home' }, { item: { name: 'Kitchen' } }],
  };
  assert.equal(statedCategory(stated({ '@type': 'ItemList' }, trail)), 'Kitchen');
});

test('breadcrumbs alone are no category', () => {
  assert.equal(
    statedCategory(stated({ '@type': 'BreadcrumbList', itemListElement: [{ name: 'Home' }] })),
    null,
  );
});

/** @param {object} more @param {object[]} [orderedItem] */
const order = (
  more,
  orderedItem = [{ '@type': 'OrderItem', orderQuantity: 2, orderedItem: MUG }],
) => stated({ '@type': 'Order', orderedItem, ...more });

const ITEMS = [
  { item_id: 'mug', item_name: 'Mug', price: 620, quantity: 2, item_category: 'Kitchen' },
];

test('an order whose payment is due is the cart', () => {
  const due = order({ orderStatus: 'https://schema.org/OrderPaymentDue' });
  assert.deepEqual(statedCart(due), { items: ITEMS, value: 1_240, currency: 'TWD' });
  assert.equal(statedPurchase(due), undefined);
});

test('an order with a number is a purchase', () => {
  const placed = order({ orderStatus: 'https://schema.org/OrderProcessing', orderNumber: 'A-1' });
  assert.deepEqual(statedPurchase(placed), {
    transaction_id: 'A-1',
    items: ITEMS,
    value: 1_240,
    currency: 'TWD',
  });
  assert.equal(statedCart(placed), undefined);
});

test('a discount lowers the value', () => {
  assert.equal(statedCart(order({ orderStatus: 'OrderPaymentDue', discount: 100 }))?.value, 1_140);
});

test('cents add up to cents', () => {
  const lines = [0.1, 0.2].map((price) => ({
    orderedItem: { '@type': 'Product', sku: 'x', offers: { price } },
  }));
  assert.equal(statedCart(order({ orderStatus: 'OrderPaymentDue' }, lines))?.value, 0.3);
});

test('an empty cart is a cart', () => {
  assert.deepEqual(
    statedCart(order({ orderStatus: 'OrderPaymentDue', priceCurrency: 'TWD' }, [])),
    {
      items: [],
      value: 0,
      currency: 'TWD',
    },
  );
});

test('an order of unknown state is neither', () => {
  assert.equal(statedCart(order({})), undefined);
  assert.equal(statedPurchase(order({})), undefined);
});
