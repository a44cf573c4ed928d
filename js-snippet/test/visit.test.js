import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openQueue } from '../src/queue.js';
import { followPages } from '../src/visit.js';
import { at, fakeDocument } from './fakes/document.js';
import { fakeStorage } from './fakes/storage.js';
import { fakeTime } from './fakes/time.js';

/** A shop of one document; `story` is what it told, in order. */
function aShop(address = '/') {
  const time = fakeTime();
  /** @type {any} */
  const location = at(address);
  /** @type {string[]} */
  const story = [];
  const storage = fakeStorage();
  const queue = openQueue(
    'aaaaaa',
    () => storage,
    () => 200,
  );
  const visit = followPages({
    document: fakeDocument(),
    location,
    now: time.now,
    after: time.after,
    queue,
    send: (/** @type {any} */ { name, data }) =>
      story.push([name, data.url].filter(Boolean).join(' ')),
    moments: /** @type {any} */ ({
      turnPage: () => {},
      reportDwell: () => visit.report('page_dwell', { ms: 1 }),
    }),
    carts: /** @type {any} */ ({ turnPage: () => {}, read: () => {} }),
  });
  /** @param {string} to */
  const go = (to) => {
    location.href = at(to).href;
    visit.addressed();
  };
  return { time, story, visit, go, left: () => storage.getItem('shopbell.queue') };
}

test('the first page is told when the document is shown', () => {
  const { visit, story } = aShop('/cart');
  visit.begin();
  assert.deepEqual(story, ['page_view /cart']);
  assert.equal(visit.page()?.kind, 'cart');
});

test('a route ends the dwell of the page before it, and is told when it has settled', () => {
  const { visit, story, go, time } = aShop();
  visit.begin();
  time.pass(5_000);
  go('/cart');
  assert.deepEqual(story, ['page_view /', 'page_dwell']);
  visit.settled();
  assert.deepEqual(story, ['page_view /', 'page_dwell', 'page_view /cart']);
});

test('another query, an anchor or the same address are no other page', () => {
  const { visit, story, go, time } = aShop('/c/kitchen');
  visit.begin();
  for (const address of ['/c/kitchen?color=red', '/c/kitchen#top', '/c/kitchen']) {
    time.pass(1_000);
    go(address);
    visit.settled();
  }
  assert.deepEqual(story, ['page_view /c/kitchen']);
});

test('a router that replaces and pushes in a row is counted once', () => {
  const { visit, story, go, time } = aShop();
  visit.begin();
  time.pass(1_000);
  go('/');
  go('/cart');
  go('/cart');
  visit.settled();
  assert.deepEqual(story, ['page_view /', 'page_dwell', 'page_view /cart']);
});

test('the first page waits for its reader, and is what the reader says', async () => {
  const { visit, story, time } = aShop('/moje-veci');
  /** @type {(value?: unknown) => void} */
  let come = () => {};
  visit.hold(
    new Promise((resolve) => {
      come = resolve;
    }),
  );
  visit.begin();
  time.pass(2_999);
  visit.settled();
  assert.deepEqual(story, []);
  visit.better({ kind: 'cart' });
  come();
  await new Promise(setImmediate);
  assert.deepEqual([story, visit.page()?.kind], [['page_view /moje-veci'], 'cart']);
});

test('the first page waits no longer than three seconds, nor for a reader that does not come', async () => {
  for (const [coming, ms] of /** @type {[Promise<void>, number][]} */ ([
    [new Promise(() => {}), 3_000],
    [Promise.resolve(), 0],
  ])) {
    const { visit, story, time } = aShop('/moje-veci');
    visit.hold(coming);
    visit.begin();
    time.pass(ms);
    await new Promise(setImmediate);
    assert.deepEqual(story, ['page_view /moje-veci']);
  }
});

test('what is reported before the first page is told waits with it, and a page that is left waits for no reader', () => {
  const { visit, story } = aShop('/moje-veci');
  visit.report('login');
  visit.hold(new Promise(() => {}));
  visit.begin();
  visit.report('search');
  assert.deepEqual(story, []);
  visit.end();
  assert.deepEqual(story, ['page_view /moje-veci', 'login', 'search', 'page_dwell']);
});

test('what the shopper allows waits for nothing', () => {
  const { visit, story } = aShop();
  visit.report('consent');
  assert.deepEqual(story, ['consent']);
});

test('what the merchant has said is heard before readers look, and told after the first page', async () => {
  const { visit, story } = aShop('/thanks');
  visit.reader(() => visit.report('of the reader'));
  visit.hold(Promise.resolve());
  visit.begin(() => visit.report('of the merchant'));
  await new Promise(setImmediate);
  assert.deepEqual(story, ['page_view /thanks', 'of the merchant', 'of the reader']);
});

test('a route that only redirects is not counted', () => {
  const { visit, story, go, time } = aShop();
  visit.begin();
  time.pass(1_000);
  go('/account');
  go('/login');
  visit.settled();
  assert.deepEqual(story, ['page_view /', 'page_dwell', 'page_view /login']);
});

test('a route that was seen is counted, though it never settled', () => {
  const { visit, story, go, time } = aShop();
  visit.begin();
  time.pass(1_000);
  go('/a');
  time.pass(400);
  go('/b');
  visit.settled();
  assert.deepEqual(story, [
    'page_view /',
    'page_dwell',
    'page_view /a',
    'page_dwell',
    'page_view /b',
  ]);
});

test('an event of a new route is told after its page view', () => {
  const { visit, story, go, time } = aShop();
  visit.begin();
  time.pass(1_000);
  go('/cart');
  visit.report('view_cart');
  visit.settled();
  assert.deepEqual(story, ['page_view /', 'page_dwell', 'page_view /cart', 'view_cart']);
});

test('a page that goes to the back tells its dwell and leaves what is unacknowledged', () => {
  const { visit, story, left } = aShop();
  visit.begin();
  visit.rest();
  assert.deepEqual(story, ['page_view /', 'page_dwell']);
  assert.equal(JSON.parse(left() ?? '').length, 2);
});

test('a page that comes back from the cache is viewed again', () => {
  const { visit, story } = aShop();
  visit.begin();
  visit.end();
  assert.equal(visit.begun(), false);
  visit.begin();
  assert.deepEqual(story, ['page_view /', 'page_dwell', 'page_view /']);
});

test('a document that was never shown tells nothing', () => {
  const { visit, story, go } = aShop();
  go('/cart');
  visit.settled();
  visit.end();
  assert.deepEqual(story, []);
});
