import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow, hintsOf, momentsOf, money } from '../src/debug/story.js';

const view = { type: 'event', seq: 1, name: 'page_view', data: { kind: 'cart', url: '/cart' } };

/** @param {...object} frames */
function after(...frames) {
  const story = follow();
  for (const frame of frames) story.hear(frame);
  return story;
}

/** @param {ReturnType<typeof follow>} story */
const marks = (story) => story.told().map(({ name, mark }) => `${name} ${mark}`);

test('an event waits until an acknowledgement covers it', () => {
  const story = after(view, { ...view, seq: 2, name: 'idle', data: { ms: 12_340 } });
  assert.deepEqual(marks(story), ['page_view waits', 'idle waits']);
  story.hear({ type: 'ack', seq: 1 });
  assert.deepEqual(marks(story), ['page_view taken', 'idle waits']);
  assert.deepEqual(
    story.told().map(({ words }) => words),
    ['cart /cart', '12.3 s'],
  );
});

test('an event that is sent again stands there once, and a refused one with its reason', () => {
  const story = after(view, { type: 'welcome', seq: 0 }, view);
  story.hear({ type: 'error', seq: 1, message: 'url is missing' });
  story.hear({ type: 'ack', seq: 1 });
  assert.deepEqual(marks(story), ['page_view refused']);
  assert.equal(story.told()[0]?.words, 'url is missing');
  assert.equal(story.connected, true);
});

test('frames of an earlier page say nothing of this one', () => {
  assert.deepEqual(after(view, { type: 'ack', seq: 9, doc: 'before' }).told()[0]?.mark, 'waits');
  assert.deepEqual(marks(after({ ...view, doc: 'before' })), []);
});

test('the cart, the consent and what the engine waits for are those heard last', () => {
  const cart = { items: [{}], value: 9, currency: 'TWD' };
  const consent = { analytics: 'granted' };
  const story = after(
    { type: 'event', seq: 1, name: 'cart', data: cart },
    { type: 'event', seq: 2, name: 'consent', data: consent },
    { type: 'ack', seq: 2, arm: { scroll: [50] } },
    { type: 'show', rule: 'hello', popup: { kind: 'chat' } },
  );
  assert.deepEqual([story.cart, story.consent, story.arm], [cart, consent, { scroll: [50] }]);
  assert.deepEqual(marks(story), ['cart taken', 'consent taken', 'popup hello shown']);
});

test('only the last eight events stay', () => {
  const story = after(...[...Array(12).keys()].map((n) => ({ ...view, seq: n + 1 })));
  assert.deepEqual(
    story.told().map(({ seq }) => seq),
    [5, 6, 7, 8, 9, 10, 11, 12],
  );
});

test('armed moments are said in words', () => {
  const arm = {
    page_dwell: [10_001],
    idle: [60_000],
    scroll: [50],
    wake: [1500],
    exit_intent: true,
  };
  assert.deepEqual(momentsOf(arm), [
    '10 s of attention',
    '60 s without input',
    '50 % scrolled',
    'the clock, in 1.5 s',
    'exit intent',
  ]);
  assert.deepEqual(momentsOf({ copy: false }), []);
});

test('a page says what it lacks', () => {
  assert.match(String(hintsOf({ kind: 'other' })), /data-shopbell-page/);
  assert.match(String(hintsOf({ kind: 'product' })), /No product/);
  assert.match(String(hintsOf({ kind: 'product', product: { id: 'mug' } })), /no price/);
  const product = { id: 'mug', price: 9 };
  assert.match(String(hintsOf({ kind: 'product', product })), /no currency/);
  assert.deepEqual(hintsOf({ kind: 'product', product: { ...product, currency: 'TWD' } }), []);
  assert.deepEqual(hintsOf({ kind: 'cart' }), []);
  assert.deepEqual(hintsOf(null), []);
  assert.deepEqual([money(1299, 'TWD'), money(undefined, 'TWD')], ['1,299 TWD', '']);
});
