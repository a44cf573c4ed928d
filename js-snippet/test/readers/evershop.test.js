import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../../src/readers/chunks/evershop.js';
import { aReader } from '../fakes/reader.js';

const euros = (/** @type {number} */ value) => ({ value, text: `€${value.toFixed(2)}` });
const line = (/** @type {number} */ qty, more = {}) => ({
  productSku: 'CUP-1',
  productName: 'Oak cup',
  qty,
  finalPrice: euros(10),
  finalPriceInclTax: euros(12),
  variantOptions: [{ optionText: 'White' }, { optionText: 'Large' }],
  ...more,
});
const cartOf = (/** @type {number} */ qty) => ({
  currency: 'EUR',
  subTotalWithDiscount: euros(10 * qty),
  subTotalWithDiscountInclTax: euros(12 * qty),
  items: [line(qty)],
});

/** The context of a page. @param {string} route @param {Record<string, any[]>} asked @param {boolean} [taxed] */
function context(route, asked, taxed = true) {
  const parts = Object.entries(asked).flatMap(([origin, all]) => all.map((one) => [origin, one]));
  return {
    eContext: {
      config: { tax: { priceIncludingTax: taxed }, pageMeta: { route: { id: route } } },
      propsMap: { e1: parts.map(([origin], n) => ({ origin, alias: `a${n}` })), e2: [] },
      graphqlResponse: Object.fromEntries(parts.map(([, one], n) => [`a${n}`, one])),
    },
  };
}

test('a cart is read with the prices that the shop shows, with tax or without', () => {
  for (const [taxed, price] of /** @type {const} */ ([
    [true, 12],
    [false, 10],
  ])) {
    const { carts } = aReader(read, {
      globals: context('cart', { myCart: [cartOf(2)] }, taxed),
    });
    const item = {
      item_id: 'CUP-1',
      item_name: 'Oak cup',
      item_variant: 'White, Large',
      price,
      quantity: 2,
    };
    assert.deepEqual(carts, [{ items: [item], value: 2 * price, currency: 'EUR' }]);
  }
});

test('nobody has a cart yet: it is empty', () => {
  const { carts } = aReader(read, { globals: context('homepage', { myCart: [null] }) });
  assert.deepEqual(carts, [{ items: [], value: 0, currency: undefined }]);
});

for (const address of [
  '/api/cart/mine/items',
  '/api/carts/38bb-51f/items/1',
  '/api/carts/1/coupons',
]) {
  test(`a request to ${address} has the cart asked for again`, async () => {
    const answers = { '/api/graphql': { data: { myCart: cartOf(1) } } };
    const globals = context('productView', { myCart: [null] });
    const shop = aReader(read, { globals, answers });
    await shop.request(`https://shop.example${address}`);
    assert.deepEqual(shop.names(), ['add_to_cart']);
    shop.answers('/api/graphql', { data: { myCart: null } });
    shop.time.pass(5_000);
    await shop.request(`https://shop.example${address}`);
    assert.deepEqual(shop.names(), ['add_to_cart', 'remove_from_cart']);
  });
}

test('a request of another kind, or an answer that failed, changes nothing', async () => {
  const answers = { '/api/graphql': { errors: [{}] } };
  const shop = aReader(read, { globals: context('cart', { myCart: [cartOf(1)] }), answers });
  await shop.request('https://shop.example/api/customers/1');
  assert.deepEqual(shop.asked, []);
  await shop.request('https://shop.example/api/cart/mine/items');
  assert.deepEqual([shop.asked.length, shop.carts.length], [1, 1]);
});

test('a product on sale has its price of now, and says whether it is there', () => {
  const product = {
    sku: 'CUP-1',
    name: 'Oak cup',
    price: { regular: euros(15), special: euros(12) },
    image: { url: '/cup.jpg' },
    inventory: { isInStock: false },
  };
  const asked = { myCart: [cartOf(1)], product: [{ uuid: '1cc2' }, product] };
  const { page } = aReader(read, { globals: context('productView', asked) });
  const { inventory: _, sku: id, ...rest } = product;
  assert.deepEqual(page(), {
    kind: 'product',
    product: {
      ...rest,
      id,
      price: 12,
      currency: 'EUR',
      image: '/cup.jpg',
      availability: 'OutOfStock',
    },
  });
});

test('an order is worth what its lines cost, less the discount, in the currency of its cart', () => {
  const text = (/** @type {number} */ value) => ({ text: euros(value).text });
  const prices = {
    finalPrice: undefined,
    finalPriceInclTax: undefined,
    productPriceInclTax: text(12),
  };
  const order = {
    orderNumber: 10001,
    subTotalInclTax: text(24),
    discountAmount: text(4),
    items: [line(2, prices)],
  };
  const globals = context('checkoutSuccess', {
    myCart: [null],
    order: [{ orderNumber: 10001 }, order],
  });
  const cart = { items: [{ item_id: 'CUP-1', quantity: 2 }], value: 20, currency: 'EUR' };
  const [[name, said] = []] = aReader(read, { globals, cart }).reported;
  const { transaction_id, value, currency, items } = said;
  assert.deepEqual([name, transaction_id, value, currency], ['purchase', '10001', 20, 'EUR']);
  assert.deepEqual([items[0].item_id, items[0].price, items[0].quantity], ['CUP-1', 12, 2]);
});
