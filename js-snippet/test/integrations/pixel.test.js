import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const CODE = await readFile(
  new URL('../../../integrations/shopify/pixel.js', import.meta.url),
  'utf8',
);

/** As the types of @shopify/web-pixels-extension have it. */
const CHECKOUT = {
  attributes: [{ key: '_shopbell', value: 'of-the-cart' }],
  currencyCode: 'EUR',
  totalPrice: { amount: 54.99, currencyCode: 'EUR' },
  totalTax: { amount: 3.9, currencyCode: 'EUR' },
  shippingLine: { price: { amount: 5.99, currencyCode: 'EUR' } },
  discountApplications: [{ title: 'WELCOME100' }],
  email: 'ann@example.com',
  phone: '+3912345',
  lineItems: [
    {
      id: '7',
      title: 'Ash mug',
      quantity: 2,
      variant: {
        id: 'gid://shopify/ProductVariant/1011',
        title: 'Red',
        price: { amount: 24.5, currencyCode: 'EUR' },
        product: { id: 'gid://shopify/Product/101', title: 'Ash mug' },
      },
    },
  ],
  order: { id: 'gid://shopify/Order/5501' },
};

/** @param {string | null | Error} stored what Shopify says of the shop's storage */
function aSandbox(stored) {
  /** @type {Map<string, (event: any) => Promise<void>>} */
  const subscribed = new Map();
  /** @type {[string, any][]} */
  const sent = [];
  runInNewContext(CODE, {
    crypto: webcrypto,
    Uint32Array,
    analytics: {
      subscribe: (/** @type {string} */ name, /** @type {any} */ act) => subscribed.set(name, act),
    },
    browser: {
      localStorage: {
        getItem: async () => {
          if (stored instanceof Error) throw stored;
          return stored;
        },
      },
    },
    fetch: async (/** @type {string} */ url, /** @type {any} */ options) =>
      sent.push([url, options]),
  });
  const happens = (/** @type {string} */ name, checkout = CHECKOUT) =>
    subscribed.get(name)?.({ name, data: { checkout } });
  return { happens, sent, names: () => [...subscribed.keys()] };
}

/** @param {string} body */
const frames = (body) => body.split('\n').map((line) => JSON.parse(line));

test('an order is told on the token that the shop remembers, and nothing of the customer with it', async () => {
  const { happens, sent } = aSandbox('of-the-shop');
  await happens('checkout_completed');
  const [url, { method, body }] = sent[0] ?? ['', {}];
  assert.deepEqual([url, method], ['https://bell.shop.example/v1/pixel?site=pk_...', 'POST']);
  const [hello, event] = frames(body);
  assert.equal(hello.token, 'of-the-shop');
  assert.match(hello.doc, /^[a-z0-9]{6,32}$/);
  assert.deepEqual(event, {
    type: 'event',
    seq: 1,
    name: 'purchase',
    data: {
      value: 54.99,
      currency: 'EUR',
      tax: 3.9,
      shipping: 5.99,
      coupon: 'WELCOME100',
      items: [
        { item_id: '101', item_name: 'Ash mug', item_variant: 'Red', price: 24.5, quantity: 2 },
      ],
      transaction_id: '5501',
    },
  });
  assert.ok(!/ann|3912345/.test(body));
});

test('a checkout on another host knows the shopper by the cart', async () => {
  for (const stored of [null, new Error('no storage here')]) {
    const { happens, sent } = aSandbox(stored);
    await happens('checkout_started');
    const [hello, event] = frames(sent[0]?.[1].body);
    assert.deepEqual([hello.token, event.name], ['of-the-cart', 'begin_checkout']);
  }
});

test('nothing is told of who is not known', async () => {
  const { happens, sent } = aSandbox(null);
  await happens('checkout_completed', { ...CHECKOUT, attributes: [] });
  assert.deepEqual(sent, []);
});

test('events of a checkout follow each other in one document', async () => {
  const { happens, names, sent } = aSandbox('t');
  for (const name of names()) await happens(name);
  const told = sent.map(([, { body }]) => frames(body));
  assert.deepEqual(
    told.map(([, { seq, name }]) => [seq, name]),
    [
      [1, 'begin_checkout'],
      [2, 'add_shipping_info'],
      [3, 'add_payment_info'],
      [4, 'purchase'],
    ],
  );
  assert.equal(new Set(told.map(([{ doc }]) => doc)).size, 1);
});

test('a checkout that says little does no harm', async () => {
  const { happens, sent } = aSandbox('t');
  await happens('checkout_completed', /** @type {any} */ ({}));
  assert.deepEqual(frames(sent[0]?.[1].body)[1].data.items, []);
});
