import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { sendLast } from '../src/exit.js';

const URL_OF_EVENTS = new URL('https://engine.example/v1/events');
const settle = () => new Promise((then) => setImmediate(then));
const page = /** @type {any} */ (globalThis);
const before = { fetch: page.fetch, navigator: Object.getOwnPropertyDescriptor(page, 'navigator') };

afterEach(() => {
  page.fetch = before.fetch;
  if (before.navigator) Object.defineProperty(page, 'navigator', before.navigator);
});

/** A page that is left. @param {(url: URL, init: any) => any} fetch */
function leaves(fetch) {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const beacons = [];
  /** @type {any[]} */
  const heard = [];
  page.fetch = (/** @type {URL} */ url, /** @type {any} */ init) => {
    sent.push(init);
    return fetch(url, init);
  };
  Object.defineProperty(page, 'navigator', {
    configurable: true,
    value: { sendBeacon: (/** @type {URL} */ _, /** @type {string} */ body) => beacons.push(body) },
  });
  return { sent, beacons, heard, receive: (/** @type {any} */ frame) => heard.push(frame) };
}

const HELLO = { type: 'hello' };
/** @param {number} seq */
const event = (seq, text = '') => ({ type: 'event', seq, data: { text } });

test('all of it goes out at once, and the answer is taken if the page is still there', async () => {
  const { sent, heard, receive } = leaves(async () => ({
    text: async () => '{"type":"welcome","seq":0}\n{"type":"ack","seq":2}\n',
  }));
  sendLast(URL_OF_EVENTS, [HELLO, event(1), event(2)], receive);
  assert.equal(sent[0].keepalive, true);
  assert.deepEqual(
    sent[0].body.split('\n').map((/** @type {string} */ line) => JSON.parse(line)),
    [HELLO, event(1), event(2)],
  );
  await settle();
  assert.deepEqual(heard, [
    { type: 'welcome', seq: 0 },
    { type: 'ack', seq: 2 },
  ]);
});

test('what the browser would not take is left for the next page, the oldest goes first', () => {
  const { sent, receive } = leaves(() => new Promise(() => {}));
  const frames = [1, 2, 3, 4, 5, 6].map((seq) => event(seq, 'é'.repeat(5_000)));
  sendLast(URL_OF_EVENTS, [HELLO, ...frames], receive);
  assert.equal(sent[0].body.split('\n').length, 5);
  assert.ok(new Blob([sent[0].body]).size <= 50_000);
});

test('where fetch throws, a beacon is sent', () => {
  const { beacons, receive } = leaves(() => {
    throw new TypeError('replaced by the shop');
  });
  sendLast(URL_OF_EVENTS, [HELLO, event(1)], receive);
  assert.equal(beacons.length, 1);
});

test('an engine that refuses, or answers no frames, harms nobody', async () => {
  for (const text of ['unknown site key\n', '<html>', '']) {
    const { heard, receive } = leaves(async () => ({ text: async () => text }));
    sendLast(URL_OF_EVENTS, [HELLO, event(1)], receive);
    await settle();
    assert.deepEqual(heard, []);
  }
  const { beacons, receive } = leaves(async () => {
    throw new TypeError('Failed to fetch');
  });
  sendLast(URL_OF_EVENTS, [HELLO, event(1)], receive);
  await settle();
  assert.deepEqual(beacons, []);
});
