import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openQueue } from '../src/queue.js';
import { listenToEngine } from '../src/stream.js';
import { fakeStorage } from './fakes/storage.js';

/** @type {import('../src/types.js').Page} */
const HOME = { url: '/', kind: 'home' };

/** A document with three events, and two that an earlier one left behind. */
function aDocument() {
  const storage = fakeStorage();
  const earlier = openQueue(
    'aaaaaa',
    () => storage,
    () => 200,
  );
  for (const ms of [1, 2]) earlier.add('page_dwell', { ms }, HOME);
  earlier.save();
  const queue = openQueue(
    'bbbbbb',
    () => storage,
    () => 200,
  );
  for (const ms of [1, 2, 3]) queue.add('page_dwell', { ms }, HOME);
  /** @type {unknown[]} */
  const heard = [];
  const take = listenToEngine({
    queue,
    send: (/** @type {any} */ { doc = 'own', seq }) => heard.push(`sent ${doc}:${seq}`),
    carts: /** @type {any} */ ({
      inSession: (/** @type {string} */ name) => heard.push(`session ${name}`),
    }),
    near: (act) =>
      act(
        /** @type {any} */ ({
          arm: (/** @type {object} */ arm, /** @type {number} */ sinceMs) =>
            heard.push(arm, sinceMs),
          show: (/** @type {string} */ fire) => heard.push(`show ${fire}`),
          hide: (/** @type {string} */ fire) => heard.push(`hide ${fire}`),
        }),
      ),
    now: () => 7,
  });
  const waiting = () =>
    queue.frames().map((/** @type {any} */ { doc = 'own', seq }) => `${doc}:${seq}`);
  return { take, heard, waiting };
}

test('after a welcome, all that is not applied is sent, in its order', () => {
  const { take, heard } = aDocument();
  take({ type: 'welcome', seq: 1, session: 's' });
  assert.deepEqual(heard, [
    'sent aaaaaa:1',
    'sent aaaaaa:2',
    'sent own:2',
    'sent own:3',
    'session s',
  ]);
});

test('an ack covers the document that it names', () => {
  const { take, waiting } = aDocument();
  take({ type: 'welcome', seq: 0 });
  take({ type: 'ack', seq: 2 });
  take({ type: 'ack', doc: 'aaaaaa', seq: 1 });
  assert.deepEqual(waiting(), ['aaaaaa:2', 'own:3']);
});

test('a refused event is never sent again', () => {
  const { take, waiting } = aDocument();
  take({ type: 'error', seq: 2 });
  assert.deepEqual(waiting(), ['aaaaaa:1', 'aaaaaa:2', 'own:1', 'own:3']);
});

test('an error that names no event takes none away', () => {
  const { take, waiting } = aDocument();
  take({ type: 'error' });
  assert.equal(waiting().length, 5);
});

test('an ack without arms leaves the armed moments as they are', () => {
  const { take, heard } = aDocument();
  take({ type: 'ack', seq: 1 });
  assert.deepEqual(heard, []);
});

test('arms replace what was armed; empty ones only disarm', () => {
  const { take, heard } = aDocument();
  take({ type: 'ack', seq: 1, arm: { scroll: [50] } });
  take({ type: 'ack', seq: 2, arm: {} });
  assert.deepEqual(heard, [{ scroll: [50] }, 7, {}, 7]);
});

test('empty arms before anything was armed fetch nothing', () => {
  const { take, heard } = aDocument();
  take({ type: 'ack', seq: 1, arm: {} });
  assert.deepEqual(heard, []);
});

test('shows and hides reach the popups', () => {
  const { take, heard } = aDocument();
  take({ type: 'show', fire: 'f_1', popup: {} });
  take({ type: 'hide', fire: 'f_1' });
  assert.deepEqual(heard, ['show f_1', 'hide f_1']);
});

test('what the shop put into all objects is not taken for words of the engine', () => {
  const { take, heard, waiting } = aDocument();
  const all = /** @type {any} */ (Object.prototype);
  Object.assign(all, { arm: { scroll: [1] }, doc: 'aaaaaa', seq: 9 });
  try {
    take({ type: 'ack' });
  } finally {
    for (const name of ['arm', 'doc', 'seq']) delete all[name];
  }
  assert.deepEqual(heard, []);
  assert.deepEqual(waiting(), ['aaaaaa:1', 'aaaaaa:2', 'own:1', 'own:2', 'own:3']);
});

test('a frame of a later version of the protocol does no harm', () => {
  const { take, heard } = aDocument();
  take({ type: 'sparkle' });
  assert.deepEqual(heard, []);
});
