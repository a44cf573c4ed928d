import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../../src/readers/chunks/bigcommerce.js';
import { aReader } from '../fakes/reader.js';

const CARTS = '/api/storefront/carts';
const starts = (/** @type {string} */ type) => [
  'var BCData = {}',
  `window.stencilBootstrap("${type}", "{\\"themeSettings\\":{}}").load();`,
];
const line = (/** @type {object} */ more) => ({
  productId: 101,
  variantId: 7,
  name: 'Ash mug',
  brand: 'Kiln',
  quantity: 2,
  listPrice: 12,
  salePrice: 10,
  options: [{ value: 'Red' }, { value: 'Large' }],
  ...more,
});
const cart = (/** @type {object[]} */ ...physicalItems) => ({
  currency: { code: 'EUR' },
  cartAmount: 18,
  lineItems: { physicalItems, digitalItems: [], giftCertificates: [] },
});

for (const [type, kind] of [
  ['default', 'home'],
  ['pages/home', 'home'],
  ['category', 'category'],
  ['pages/category', 'category'],
  ['brand', 'category'],
  ['cart', 'cart'],
  ['search', 'search'],
  ['order-confirmation', 'thanks'],
  ['page', undefined],
]) {
  test(`a theme that starts as ${type} is a page of the kind ${kind}`, () => {
    const { page } = aReader(read, { scripts: starts(String(type)) });
    assert.equal(/** @type {any} */ (page()).kind, kind);
  });
}

test('the checkout is told from the page that thanks by the order that it has', () => {
  const found = { '#checkout-app': [{}] };
  const pages = [{ checkoutId: '0f3b' }, { orderId: 1042 }].map((checkoutConfig) =>
    aReader(read, { globals: { checkoutConfig }, found }).page(),
  );
  assert.deepEqual(pages, [{ kind: 'checkout' }, { kind: 'thanks' }]);
  assert.deepEqual(aReader(read, { globals: { checkoutConfig: { quoteId: 1 } } }).page(), {});
});

test('a product has the price that the shop shows, and its stock', () => {
  const product_attributes = {
    price: {
      with_tax: { value: 24.5, currency: 'EUR' },
      without_tax: { value: 20, currency: 'EUR' },
    },
    stock: null,
    instock: false,
  };
  const found = {
    '.productView [name=product_id],[data-cart-item-add] [name=product_id]': [{ value: '101' }],
    '.productView-title': [{ text: ' Ash mug ' }],
  };
  const globals = { BCData: { product_attributes } };
  const { page } = aReader(read, { globals, found, scripts: starts('product') });
  const product = {
    id: '101',
    name: 'Ash mug',
    price: 24.5,
    currency: 'EUR',
    availability: 'OutOfStock',
  };
  assert.deepEqual(page(), { kind: 'product', product });
});

test('a cart is what the Storefront API says, and asked for again when it was changed', async () => {
  const shop = aReader(read, { scripts: starts('product'), answers: { [CARTS]: [] } });
  await shop.settled();
  assert.deepEqual(shop.carts, [{ items: [], value: 0, currency: undefined }]);
  shop.answers(CARTS, [cart(line({}))]);
  await shop.request('https://shop.example/remote/v1/cart/add');
  const item = {
    item_id: '101',
    item_name: 'Ash mug',
    item_variant: 'Red, Large',
    item_brand: 'Kiln',
  };
  const items = [{ ...item, price: 10, quantity: 2 }];
  assert.deepEqual(shop.carts.at(-1), { items, value: 18, currency: 'EUR' });
  assert.deepEqual(shop.names(), ['add_to_cart']);
});

test('the own question for the cart is no change of it', async () => {
  const shop = aReader(read, { scripts: starts('page'), answers: { [CARTS]: [] } });
  await shop.settled();
  for (const asked of shop.asked) await shop.request(`https://shop.example${asked}`);
  assert.equal(shop.asked.length, 1);
  for (const path of [CARTS, `${CARTS}/0f3b/items`, '/remote/v1/apply-code'])
    await shop.request(`https://shop.example${path}`);
  assert.equal(shop.asked.length, 4);
});

test('an order is what its items cost, less what coupons take off, without the shipping', async () => {
  const said = {
    ...cart(line({}), line({ productId: 102, quantity: 1, salePrice: 5 })),
    discountAmount: 2,
    coupons: [{ discountedAmount: 3 }],
    orderAmount: 99,
  };
  const found = { '#checkout-app': [{}] };
  const answers = { '/api/storefront/orders/1042': said, [CARTS]: [] };
  const shop = aReader(read, { globals: { checkoutConfig: { orderId: 1042 } }, found, answers });
  await shop.settled();
  const [[name, { transaction_id, value, currency, items }] = ['', {}]] = shop.reported;
  assert.deepEqual([name, transaction_id, value, currency], ['purchase', '1042', 20, 'EUR']);
  assert.equal(items.length, 2);
  assert.deepEqual(shop.carts.at(-1)?.items, []);
});
