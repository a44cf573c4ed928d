import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statements } from '../src/jsonld.js';
import { pathOf, readPage } from '../src/page.js';
import { at, fakeDocument } from './fakes/document.js';

const MUG = { '@type': 'Product', sku: 'mug', name: 'Mug' };

/** @param {string} address @param {Parameters<typeof fakeDocument>[0]} [page] */
function read(address, page) {
  const document = fakeDocument(page);
  return JSON.parse(JSON.stringify(readPage(document, at(address), statements(document))));
}

/** @type {[string, string][]} */
const ADDRESSES = [
  ['/', 'home'],
  ['/index.html', 'home'],
  ['/en', 'home'],
  ['/zh-TW/', 'home'],
  ['/cart', 'cart'],
  ['/cart/', 'cart'],
  ['/shop/cart', 'cart'],
  ['/de/warenkorb', 'cart'],
  ['/fr/panier.html', 'cart'],
  ['/shopping-cart', 'cart'],
  ['/checkout/cart/', 'cart'],
  ['/cart/checkout', 'checkout'],
  ['/sepet', 'cart'],
  ['/checkout', 'checkout'],
  ['/checkouts/c0ffee/information', 'checkout'],
  ['/kasse', 'checkout'],
  ['/checkout/onepage/', 'checkout'],
  ['/checkout/onepage/success/', 'thanks'],
  ['/checkout/order-received/12', 'thanks'],
  ['/checkouts/c0ffee/thank_you', 'thanks'],
  ['/thanks', 'thanks'],
  ['/thank-you.php', 'thanks'],
  ['/search', 'search'],
  ['/de/search/', 'search'],
  ['/#/cart', 'cart'],
  ['/products/cartridge', 'other'],
  ['/golf-carts', 'other'],
  ['/about', 'other'],
  ['/shop/', 'other'],
];
for (const [address, kind] of ADDRESSES) {
  test(`${address} is of the kind ${kind}`, () => {
    assert.equal(read(address).kind, kind);
  });
}

/** @type {[string, string][]} */
const BODIES = [
  ['page woocommerce-cart woocommerce-page', 'cart'],
  ['woocommerce-checkout woocommerce-order-received', 'thanks'],
  ['woocommerce-checkout', 'checkout'],
  ['checkout-cart-index page-layout-1column', 'cart'],
  ['template-search gradient', 'search'],
  ['search search-results', 'search'],
  ['cart-drawer-open', 'other'],
];
for (const [bodyClass, kind] of BODIES) {
  test(`a body called "${bodyClass}" is of the kind ${kind}`, () => {
    assert.equal(read('/x/y', { bodyClass }).kind, kind);
  });
}

/** @type {[string, string, object[], string][]} */
const STATED = [
  ['a product', '/x/y', [MUG], 'product'],
  ['a product on the first page of a shop that sells one thing', '/', [MUG], 'product'],
  ['a product that a cart recommends', '/cart', [MUG], 'cart'],
  ['a collection', '/c/kitchen', [{ '@type': 'CollectionPage' }], 'category'],
  ['a list', '/x/y', [{ '@type': 'ItemList' }], 'category'],
  ['a list on the first page', '/', [{ '@type': 'ItemList' }], 'home'],
  [
    'a site that begins here',
    '/shop/',
    [{ '@type': 'WebSite', url: 'https://shop.example/shop/' }],
    'home',
  ],
  ['a site that begins elsewhere', '/shop/about', [{ '@type': 'WebSite', url: '/shop/' }], 'other'],
  ['a page of search results', '/find', [{ '@type': 'SearchResultsPage' }], 'search'],
  ['a checkout page', '/pay', [{ '@type': 'CheckoutPage' }], 'checkout'],
  ['a placed order', '/o/12', [{ '@type': 'Order', orderNumber: '12' }], 'thanks'],
  ['an organisation', '/x/y', [{ '@type': 'Organization' }], 'other'],
];
for (const [what, address, jsonld, kind] of STATED) {
  test(`${what} at ${address} is of the kind ${kind}`, () => {
    assert.equal(read(address, { jsonld }).kind, kind);
  });
}

test('the merchant has the last word on the kind', () => {
  const page = { attributes: { 'data-shopbell-page': 'checkout' }, jsonld: [MUG] };
  assert.equal(read('/cart', page).kind, 'checkout');
});

test('a kind that there is not is passed over', () => {
  assert.equal(read('/cart', { attributes: { 'data-shopbell-page': 'basket' } }).kind, 'cart');
});

test('the merchant has the last word on product and category', () => {
  const attributes = {
    'data-shopbell-product': '{"id":"cap","price":5}',
    'data-shopbell-category': 'Hats',
  };
  const { kind, product, category } = read('/x/y', { attributes, jsonld: [MUG] });
  assert.deepEqual([kind, product, category], ['product', { id: 'cap', price: 5 }, 'Hats']);
});

test('a category that only the merchant names is one', () => {
  assert.equal(read('/x/y', { attributes: { 'data-shopbell-category': 'Hats' } }).kind, 'category');
});

test('an attribute that is no JSON is passed over', () => {
  assert.equal(
    read('/x/y', { attributes: { 'data-shopbell-product': '{id:1}' }, jsonld: [MUG] }).product.id,
    'mug',
  );
});

test('a product leaves the page as the engine takes it, whatever the page says', () => {
  const said = {
    id: 7,
    name: 'For ann@example.com',
    price: '1,299.00',
    currency: 'NT$',
    stock: 'many',
    color: 'red',
  };
  const attributes = { 'data-shopbell-product': JSON.stringify(said) };
  assert.deepEqual(read('/x/y', { attributes }).product, { id: '7', name: 'For -', price: 1_299 });
});

test('a product without an id is none', () => {
  assert.equal(
    read('/x/y', { attributes: { 'data-shopbell-product': '{"name":"Cap"}' } }).product,
    undefined,
  );
});

test('a title that is cut in an emoji is still a text', () => {
  assert.equal(read('/', { title: `${'x'.repeat(255)}🐈` }).title, 'x'.repeat(255));
});

test('a page that only recommends a product has no product', () => {
  assert.equal(read('/cart', { jsonld: [MUG] }).product, undefined);
});

test('a page is told by its path and campaign, and nothing else of its query', () => {
  const { url } = read('/p/mug?utm_source=ig&token=secret&utm_campaign=11+11#reviews');
  assert.equal(url, '/p/mug?utm_source=ig&utm_campaign=11+11');
});

test('an e-mail address leaves the page neither in the path nor in the title', () => {
  const { url, title } = read('/account/ann@example.com/orders?utm_term=bob%40example.com', {
    title: 'Orders of ann@example.com',
  });
  assert.deepEqual([url, title], ['/account/-/orders?utm_term=-', 'Orders of -']);
});

test('a missing body does no harm', () => {
  assert.equal(read('/cart', { bodyClass: null }).kind, 'cart');
});

test('a route behind the # sign is part of the path, an anchor is not', () => {
  assert.equal(pathOf(at('/#/cart?coupon=1')), '/#/cart');
  assert.equal(pathOf(at('/#!/cart')), '/#!/cart');
  assert.equal(pathOf(at('/p/mug?size=s#reviews')), '/p/mug');
});
