import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openQueue } from '../src/queue.js';
import { blocked, fakeStorage } from './fakes/storage.js';

/** @type {import('../src/types.js').Page} */
const CART = { url: '/cart', kind: 'cart' };

/** @param {string} doc @param {number} count @param {Storage} [storage] */
function aQueue(doc, count, storage = fakeStorage()) {
  const queue = openQueue(
    doc,
    () => storage,
    () => 200,
  );
  for (let n = 1; n <= count; n++) queue.add('page_dwell', { ms: n }, CART);
  return queue;
}

/** @param {import('../src/queue.js').Queue} queue */
const names = (queue) =>
  queue.frames().map((/** @type {any} */ { doc = 'own', seq }) => `${doc}:${seq}`);

test('an event gets the next number of its document', () => {
  const queue = aQueue('aaaaaa', 0);
  assert.deepEqual(queue.add('copy', {}, CART), { type: 'event', seq: 1, name: 'copy', data: {} });
  assert.deepEqual(queue.add('idle', { ms: 5 }, CART), {
    type: 'event',
    seq: 2,
    name: 'idle',
    data: { ms: 5 },
  });
});

test('what is acknowledged is dropped, with all before it', () => {
  const queue = aQueue('aaaaaa', 4);
  queue.applied(3);
  assert.deepEqual(names(queue), ['own:4']);
  assert.equal(queue.waits(), true);
  queue.applied(4);
  assert.equal(queue.waits(), false);
});

test('a refused event is dropped alone', () => {
  const queue = aQueue('aaaaaa', 3);
  queue.refused(2);
  assert.deepEqual(names(queue), ['own:1', 'own:3']);
});

test('what a document left behind goes before the events of the next, with its name and page', () => {
  const storage = fakeStorage();
  aQueue('aaaaaa', 2, storage).save();
  const next = aQueue('bbbbbb', 1, storage);
  assert.deepEqual(names(next), ['aaaaaa:1', 'aaaaaa:2', 'own:1']);
  assert.deepEqual(next.frames()[0], {
    type: 'event',
    doc: 'aaaaaa',
    page: CART,
    seq: 1,
    name: 'page_dwell',
    data: { ms: 1 },
  });
});

test('an acknowledgement of an earlier document leaves the own events alone', () => {
  const storage = fakeStorage();
  aQueue('aaaaaa', 2, storage).save();
  const next = aQueue('bbbbbb', 2, storage);
  assert.equal(names(next).length, 4);
  next.applied(2, 'aaaaaa');
  assert.deepEqual(names(next), ['own:1', 'own:2']);
  next.applied(1);
  assert.deepEqual(names(next), ['own:2']);
});

test('what two documents left behind reaches the third', () => {
  const storage = fakeStorage();
  aQueue('aaaaaa', 1, storage).save();
  aQueue('bbbbbb', 1, storage).save();
  assert.deepEqual(names(aQueue('cccccc', 0, storage)), ['aaaaaa:1', 'bbbbbb:1']);
});

test('a document that returns takes over what was left meanwhile, but not its own events twice', () => {
  const storage = fakeStorage();
  const first = aQueue('aaaaaa', 2, storage);
  first.save();
  aQueue('bbbbbb', 1, storage).save();
  first.takeOver();
  assert.deepEqual(names(first), ['bbbbbb:1', 'own:1', 'own:2']);
});

test('a storage is not touched before something is sent or left', () => {
  let touched = 0;
  const storage = fakeStorage();
  const queue = openQueue(
    'aaaaaa',
    () => {
      touched += 1;
      return storage;
    },
    () => 200,
  );
  queue.add('copy', {}, CART);
  assert.equal(touched, 0);
  queue.frames();
  assert.equal(touched, 1);
});

test('a document that is left before it connected leaves the events of the one before, too', () => {
  const storage = fakeStorage();
  aQueue('aaaaaa', 1, storage).save();
  const second = openQueue(
    'bbbbbb',
    () => storage,
    () => 200,
  );
  second.add('copy', {}, CART);
  second.save();
  assert.deepEqual(names(aQueue('cccccc', 0, storage)), ['aaaaaa:1', 'bbbbbb:1']);
});

test('when all is acknowledged, nothing is left behind', () => {
  const storage = fakeStorage();
  const queue = aQueue('aaaaaa', 2, storage);
  queue.save();
  queue.applied(2);
  queue.save();
  assert.deepEqual(names(aQueue('bbbbbb', 0, storage)), []);
});

test('two hundred events are kept, the oldest are dropped', () => {
  const queue = aQueue('aaaaaa', 500);
  assert.equal(queue.frames().length, 200);
  assert.equal(names(queue)[0], 'own:301');
});

test('48 KB are left behind, the oldest are dropped', () => {
  const storage = fakeStorage();
  const queue = openQueue(
    'aaaaaa',
    () => storage,
    () => 200,
  );
  for (let n = 0; n < 100; n++) queue.add('note', { text: 'x'.repeat(1_000) }, CART);
  queue.save();
  assert.ok((storage.getItem('shopbell.queue') ?? '').length <= 48 * 1024);
  const left = names(
    openQueue(
      'bbbbbb',
      () => storage,
      () => 200,
    ),
  );
  assert.ok(left.length > 40);
  assert.equal(left.at(-1), 'aaaaaa:100');
});

test('an event that no frame can hold is not sent at all', () => {
  const queue = aQueue('aaaaaa', 0);
  assert.equal(queue.add('note', { text: '貓'.repeat(6_000) }, CART), undefined);
  assert.equal(queue.waits(), false);
});

test('of more items than a frame can hold the first are told, with what all are worth', () => {
  const queue = aQueue('aaaaaa', 0);
  const items = Array.from({ length: 300 }, (_, n) => ({
    item_id: `${n}`,
    item_name: '貓'.repeat(40),
  }));
  queue.add('purchase', { transaction_id: '7', value: 900, items }, CART);
  const [{ data }] = /** @type {any[]} */ (queue.frames());
  assert.deepEqual([data.transaction_id, data.value, data.items[0]], ['7', 900, items[0]]);
  assert.ok(data.items.length > 50 && data.items.length < 100, `${data.items.length}`);
  assert.equal(queue.add('cart', { items: ['x'.repeat(20_000)] }, CART) !== undefined, true);
});

test('half a character, which is no JSON, is left out', () => {
  const queue = aQueue('aaaaaa', 0);
  queue.add('note', { text: 'a\ud83d b\0 🐈' }, CART);
  assert.equal(JSON.stringify(queue.frames()[0]).includes('"text":"a b 🐈"'), true);
});

test('an event is as it was when it happened', () => {
  const queue = aQueue('aaaaaa', 0);
  const data = { items: ['mug'] };
  queue.add('note', data, CART);
  data.items.push('cap');
  assert.deepEqual(queue.frames()[0], {
    type: 'event',
    seq: 1,
    name: 'note',
    data: { items: ['mug'] },
  });
});

test('a blocked storage loses only what is left behind', () => {
  const queue = openQueue('aaaaaa', blocked, () => 200);
  queue.add('copy', {}, CART);
  queue.save();
  assert.deepEqual(names(queue), ['own:1']);
});

for (const rubbish of ['', 'null', '{', '"text"', '7', '[null, 1, {}, {"doc":"a"}]']) {
  test(`a storage that holds ${rubbish || 'nothing'} leaves nothing behind`, () => {
    const storage = fakeStorage();
    storage.setItem('shopbell.queue', rubbish);
    assert.deepEqual(names(aQueue('bbbbbb', 0, storage)), []);
  });
}
