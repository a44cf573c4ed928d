import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carry } from '../../src/transport/index.js';
import { Network } from '../fakes/network.js';
import { fakeStorage } from '../fakes/storage.js';
import { fakeTime } from '../fakes/time.js';

const settle = () => new Promise((then) => setImmediate(then));
const WELCOME = { type: 'welcome', token: 'a-token', seq: 0 };
/** @param {number} seq */
const event = (seq) => ({ type: 'event', seq, name: 'wished' });

/** A tab whose WebSockets failed. @param {string} [way] what it remembers @param {Network} network */
function aTab(way, network = new Network()) {
  const time = fakeTime();
  const storage = fakeStorage();
  if (way) storage.setItem('shopbell.way', JSON.stringify([Date.now() + 60_000, way]));
  const page = { active: true };
  const window = network.window();
  /** @type {any[]} */
  const heard = [];
  /** @type {any} */
  const carrier = {
    onmessage: (/** @type {{data: string}} */ { data }) => heard.push(JSON.parse(data)),
    onclose: (/** @type {object} */ close) => heard.push(close),
  };
  carry(carrier, {
    window,
    engine: (path) => new URL(path, 'https://engine.example'),
    site: 'pk_1',
    tab: () => storage,
    hello: () => ({ type: 'hello' }),
    active: () => page.active,
    now: time.now,
    after: time.after,
  });
  const remembered = () => JSON.parse(storage.getItem('shopbell.way') ?? 'null')?.[1];
  /** @param {number} ms */
  const pass = async (ms) => {
    await settle();
    time.pass(ms);
    await settle();
  };
  /** @param {object} frame */
  const send = async (frame) => {
    carrier.send(JSON.stringify(frame));
    await pass(0);
  };
  return { network, carrier, heard, page, window, remembered, pass, send };
}

/** A tab to which the engine's event stream got through. */
async function aListener() {
  const tab = aTab('sse');
  await tab.pass(0);
  const source = tab.network.sources[0];
  tab.network.answer = () => ({ status: 202 });
  source.onmessage({ data: '{"type":"stream","id":"s1"}' });
  await tab.pass(0);
  return { ...tab, source };
}

test('the first request is the hello, and its answer the welcome', async () => {
  const { network, heard, pass } = aTab();
  await pass(0);
  assert.deepEqual(network.posted, [{ lines: [{ type: 'hello' }], stream: '' }]);
  assert.deepEqual(heard, [WELCOME]);
});

test('a WebSocket that gets through after all is used, and nothing is remembered', async () => {
  const { network, heard, carrier, pass, send, remembered } = aTab();
  await pass(0);
  const [socket] = network.sockets;
  socket?.welcome();
  await pass(0);
  await send(event(1));
  assert.deepEqual(socket?.sent, [{ type: 'hello' }, event(1)]);
  assert.equal(network.posted.length, 1);
  assert.equal(remembered(), undefined);
  socket?.hangUp(1012, 'retry_after_ms=7');
  assert.deepEqual(heard.at(-1), { code: 1012, reason: 'retry_after_ms=7' });
  carrier.close();
});

test('a WebSocket that is silent for two seconds makes way for an event stream', async () => {
  const { network, pass } = aTab();
  await pass(2_000);
  assert.equal(network.sockets[0]?.closed, true);
  assert.equal(network.sources.length, 1);
});

test('the engine’s frames come by the event stream, events go up by requests that name it', async () => {
  const { network, source, heard, send, remembered } = await aListener();
  assert.deepEqual(network.posted.at(-1), { lines: [{ type: 'hello' }], stream: 's1' });
  await send(event(1));
  assert.deepEqual(network.posted.at(-1), { lines: [{ type: 'hello' }, event(1)], stream: 's1' });
  source.onmessage({ data: '{"type":"ack","seq":1}' });
  assert.deepEqual(heard.at(-1), { type: 'ack', seq: 1 });
  assert.equal(remembered(), 'sse');
});

test('an open event stream is not polled', async () => {
  const { network, pass } = await aListener();
  const before = network.posted.length;
  await pass(60_000);
  assert.equal(network.posted.length, before);
});

test('an event stream that says nothing for five seconds is a proxy that holds it back', async () => {
  const { network, pass, remembered } = aTab('sse');
  await pass(4_999);
  assert.equal(network.sources[0].closed, false);
  await pass(1);
  assert.equal(network.sources[0].closed, true);
  assert.equal(remembered(), 'post');
});

test('an event stream that answers nothing is not asked again', async () => {
  const { carrier, pass, send, remembered } = await aListener();
  await send(event(1));
  await pass(10_000);
  carrier.close();
  assert.equal(remembered(), 'post');
});

test('an event stream of another process of the engine is closed', async () => {
  const { network, source, heard, send, remembered } = await aListener();
  network.answer = () => ({ lines: [WELCOME, { type: 'ack', seq: 1 }] });
  await send(event(1));
  assert.equal(source.closed, true);
  assert.equal(remembered(), 'post');
  assert.deepEqual(heard.at(-1), { type: 'ack', seq: 1 });
});

test('an event stream that breaks closes the connection', async () => {
  const { source, heard } = await aListener();
  source.onerror();
  assert.deepEqual(heard.at(-1), { code: 0, reason: '' });
});

test('an event stream says why it is closed', async () => {
  const { source, heard } = await aListener();
  source.onmessage({ data: '{"type":"close","code":1012,"reason":"retry_after_ms=7"}' });
  assert.deepEqual(heard.at(-1), { code: 1012, reason: 'retry_after_ms=7' });
});

test('by requests alone, the engine is asked every 3 s, every 15 s while the shopper is idle', async () => {
  const { network, page, pass } = aTab('post');
  await pass(3_000);
  await pass(3_000);
  assert.equal(network.posted.length, 3);
  page.active = false;
  await pass(3_000);
  await pass(14_999);
  assert.equal(network.posted.length, 4);
  await pass(1);
  assert.equal(network.posted.length, 5);
});

test('a hidden page asks for nothing', async () => {
  const { network, window, pass } = aTab('post');
  await pass(0);
  window.document.visibilityState = 'hidden';
  await pass(60_000);
  assert.equal(network.posted.length, 1);
});

test('a second welcome is an acknowledgement: nothing is sent again for it', async () => {
  const { network, heard, pass } = aTab('post');
  network.answer = () => ({ lines: [{ ...WELCOME, seq: 4, arm: { scroll: [50] } }] });
  await pass(3_000);
  assert.deepEqual(heard.slice(1), [{ type: 'ack', seq: 4, arm: { scroll: [50] } }]);
});

test('one request is under way at a time, and takes what waits', async () => {
  const { network, carrier, pass } = aTab('post');
  for (const seq of [1, 2]) carrier.send(JSON.stringify(event(seq)));
  await pass(0);
  assert.deepEqual(
    network.posted.map(({ lines }) => lines.length),
    [1, 3],
  );
});

test('a request carries no more than the engine takes', async () => {
  const { network, carrier, pass } = aTab('post');
  for (const seq of [1, 2, 3, 4, 5]) {
    carrier.send(JSON.stringify({ ...event(seq), data: { text: 'é'.repeat(6_000) } }));
  }
  await pass(0);
  assert.deepEqual(
    network.posted.map(({ lines }) => lines.length - 1),
    [0, 3, 2],
  );
});

for (const [status, code] of [
  [403, 4003],
  [413, 1009],
  [429, 4008],
  [503, 1013],
  [404, 1013],
]) {
  test(`status ${status} stands for close code ${code}`, async () => {
    const { network, heard, pass } = aTab('post');
    await pass(0);
    network.answer = () => ({ status, text: 'no' });
    await pass(3_000);
    assert.deepEqual(heard.at(-1), { code, reason: '' });
  });
}

test('nobody who answers is a lost connection, and so is a page of the network’s own', async () => {
  for (const answer of [null, { text: '<html>Log in to this network</html>' }]) {
    const network = new Network();
    network.answer = () => answer;
    const tab = aTab('post', network);
    await tab.pass(0);
    assert.deepEqual(tab.heard, [{ code: 1013, reason: '' }]);
  }
});

test('a carrier that was closed sends and hears nothing more', async () => {
  const { network, carrier, heard, pass } = aTab('post');
  carrier.close();
  await pass(60_000);
  assert.equal(network.posted.length, 1);
  assert.deepEqual(heard, []);
});
