import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offerApi } from '../src/api.js';

/** A page, with or without the stub that collects calls. @param {unknown[][]} [early] calls of the stub */
function aPage(early) {
  /** @type {any} */
  const page = {};
  if (early) {
    page.shopbell = () => {};
    page.shopbell.q = early;
  }
  /** @type {unknown[][]} */
  const heard = [];
  const answer = offerApi(page, {
    event: (...args) => heard.push(args),
    consent: (choice) => heard.push(['consent', choice]),
    cart: () => {
      throw new Error('no such cart');
    },
  });
  return { page, heard, answer };
}

test('calls of the stub, and those before the first page view, wait in their order', () => {
  const { page, heard, answer } = aPage([['event', 'sign_up', { a: 1 }]]);
  page.shopbell('event', 'login');
  assert.deepEqual(heard, []);
  answer();
  page.shopbell('event', 'search');
  assert.deepEqual(heard, [['sign_up', { a: 1 }], ['login'], ['search']]);
});

test('what the shopper allows is heard at once, also from the stub', () => {
  const { page, heard } = aPage([
    ['event', 'login'],
    ['consent', 'denied'],
  ]);
  page.shopbell('consent', 'granted');
  assert.deepEqual(heard, [
    ['consent', 'denied'],
    ['consent', 'granted'],
  ]);
});

test('a stub that pushes its arguments is understood', () => {
  /** @type {any} */
  const args = {
    0: 'event',
    1: 'login',
    length: 2,
    [Symbol.iterator]: Array.prototype[Symbol.iterator],
  };
  const { heard, answer } = aPage([args]);
  answer();
  assert.deepEqual(heard, [['login']]);
});

test('a second answer, as after the back/forward cache, repeats nothing', () => {
  const { page, heard, answer } = aPage();
  page.shopbell('event', 'login');
  answer();
  answer();
  assert.equal(heard.length, 1);
});

for (const call of [[], ['nonsense'], ['__proto__'], ['constructor', 1], [null], ['cart', null]]) {
  test(`shopbell(${call.map((part) => JSON.stringify(part)).join(', ')}) does not throw`, () => {
    const { page, heard, answer } = aPage();
    answer();
    page.shopbell(...call);
    page.shopbell('event', 'login');
    assert.deepEqual(heard, [['login']]);
  });
}
