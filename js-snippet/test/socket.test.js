import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepConnected } from '../src/socket.js';
import { keepToken } from '../src/token.js';
import { FakeSocket } from './fakes/engine.js';
import { fakeLocks } from './fakes/locks.js';
import { fakeStorage } from './fakes/storage.js';
import { fakeTime } from './fakes/time.js';

/** A tab of a browser that has a token already, unless the test brings another browser. */
function aTab({
  storage = fakeStorage(),
  locks = /** @type {LockManager | undefined} */ (undefined),
  open = true,
} = {}) {
  const time = fakeTime();
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {any[]} */
  const received = [];
  /** Those of them that were no WebSockets. @type {FakeSocket[]} */
  const carriers = [];
  const page = { wanted: true, waits: false, dies: false, carries: true, carried: false };
  const token = keepToken(() => storage, locks);
  const socket = keepConnected({
    open: () => {
      if (!open) throw new Error('refused by the page’s policy');
      const opened = new FakeSocket();
      sockets.push(opened);
      return /** @type {any} */ (opened);
    },
    carry: (carrier) => {
      if (!page.carries) return Promise.resolve(undefined);
      const opened = new FakeSocket();
      opened.onopen = () => carrier.onopen();
      opened.onmessage = (message) => carrier.onmessage(message);
      opened.onclose = (close) => carrier.onclose(close);
      carrier.send = (text) => opened.send(text);
      sockets.push(opened);
      carriers.push(opened);
      return Promise.resolve(true);
    },
    carried: () => page.carried,
    token,
    hello: () => ({ type: 'hello', token: token.value() }),
    receive: (frame) => received.push(frame.type),
    wanted: () => page.wanted,
    waits: () => page.waits,
    now: time.now,
    after: time.after,
    random: () => 1,
  });
  return {
    time,
    sockets,
    received,
    carriers,
    page,
    socket,
    token,
    last: () => /** @type {FakeSocket} */ (sockets.at(-1)),
  };
}

/** The connection falls, and the next one is tried. @param {ReturnType<typeof aTab>} tab */
function falls({ last, sockets, time }) {
  const before = sockets.length;
  last().hangUp(1006);
  for (let ms = 0; sockets.length === before && ms < 30_000; ms += 100) time.pass(100);
}

/** Lets promises settle. */
const settle = () => new Promise((then) => setImmediate(then));

test('the first frame is the hello, and nothing is sent before the welcome', () => {
  const { socket, last } = aTab();
  socket.connect();
  last().onopen();
  socket.send({ type: 'event' });
  assert.deepEqual(last().sent, [{ type: 'hello', token: null }]);
  last().say({ type: 'welcome', token: 't' });
  socket.send({ type: 'event' });
  assert.equal(last().sent.length, 2);
});

test('the token of the last welcome is in the next hello', () => {
  const { socket, last, time } = aTab();
  socket.connect();
  last().welcome({ token: 'first' });
  last().hangUp(1006);
  time.pass(500);
  last().onopen();
  assert.deepEqual(last().sent, [{ type: 'hello', token: 'first' }]);
});

test('a page that is not seen does not connect', () => {
  const { socket, sockets, page } = aTab();
  page.wanted = false;
  socket.connect();
  assert.equal(sockets.length, 0);
});

test('one connection at a time', () => {
  const { socket, sockets, last } = aTab();
  socket.connect();
  socket.connect();
  last().welcome();
  socket.connect();
  assert.equal(sockets.length, 1);
});

test('five seconds without a first frame are a failure', () => {
  const { socket, sockets, last, time } = aTab();
  socket.connect();
  last().onopen();
  time.pass(4_999);
  assert.equal(last().closed, false);
  time.pass(1);
  assert.equal(last().closed, true);
  time.pass(500);
  assert.equal(sockets.length, 2);
});

test('failures in a row wait longer and longer', () => {
  const { socket, sockets, last, time } = aTab();
  socket.connect();
  for (const ms of [500, 1_000, 2_000]) {
    last().hangUp(1006);
    const before = sockets.length;
    time.pass(ms - 1);
    assert.equal(sockets.length, before);
    time.pass(1);
    assert.equal(sockets.length, before + 1);
  }
});

test('after two tries without a first frame the third goes another way, the next two do not', () => {
  const tab = aTab();
  tab.socket.connect();
  for (let tries = 0; tries < 5; tries++) falls(tab);
  const ways = tab.sockets.map((each) => tab.carriers.includes(each));
  assert.deepEqual(ways, [false, false, true, false, false, true]);
});

test('a proxy that takes connections and lets no frame through is found out in ten seconds', () => {
  const { socket, carriers, time } = aTab();
  socket.connect();
  time.pass(5_000 + 500 + 5_000 + 1_000);
  assert.equal(carriers.length, 1);
});

test('the other way is kept while it works', () => {
  const tab = aTab();
  tab.socket.connect();
  falls(tab);
  falls(tab);
  tab.last().welcome();
  falls(tab);
  assert.equal(tab.carriers.length, 2);
});

test('a WebSocket that was heard is dialled again, however often it falls', () => {
  const tab = aTab();
  tab.socket.connect();
  for (let tries = 0; tries < 5; tries++) {
    tab.last().welcome();
    falls(tab);
  }
  assert.deepEqual([tab.sockets.length, tab.carriers.length], [6, 0]);
});

test('a tab that knows of its network takes the other way at once', () => {
  const { socket, sockets, carriers, page } = aTab();
  page.carried = true;
  socket.connect();
  assert.deepEqual(sockets, carriers);
});

test('where the code of the other way does not come, the next try is as usual', async () => {
  const tab = aTab();
  tab.page.carries = false;
  tab.socket.connect();
  falls(tab);
  tab.last().hangUp(1006);
  tab.time.pass(1_000);
  await settle();
  tab.time.pass(2_000);
  assert.deepEqual([tab.sockets.length, tab.carriers.length], [3, 0]);
});

test('a connection that held five seconds starts the row anew', () => {
  const { socket, sockets, last, time } = aTab();
  socket.connect();
  last().hangUp(1006);
  time.pass(500);
  last().hangUp(1006);
  time.pass(1_000);
  last().welcome();
  time.pass(5_001);
  last().hangUp(1006);
  time.pass(500);
  assert.equal(sockets.length, 4);
});

test('a connection that fell at once does not start the row anew', () => {
  const { socket, sockets, last, time } = aTab();
  socket.connect();
  last().hangUp(1006);
  time.pass(500);
  last().welcome();
  last().hangUp(1013);
  time.pass(999);
  assert.equal(sockets.length, 2);
});

test('a restarting engine says when to come back, and not even a new look at the page comes sooner', () => {
  const { socket, sockets, last, time } = aTab();
  socket.connect();
  last().welcome();
  last().hangUp(1012, 'retry_after_ms=7000');
  time.pass(3_000);
  socket.connect();
  assert.equal(sockets.length, 1);
  time.pass(4_000);
  assert.equal(sockets.length, 2);
});

for (const code of [4001, 4003, 4009]) {
  test(`after close code ${code} the document stays quiet`, () => {
    const { socket, sockets, last, time } = aTab();
    socket.connect();
    last().welcome();
    last().hangUp(code);
    time.pass(120_000);
    socket.connect();
    assert.equal(sockets.length, 1);
  });
}

test('events without an answer for ten seconds mean that the other end is gone', () => {
  const { socket, sockets, last, time, page } = aTab();
  socket.connect();
  last().welcome();
  page.waits = true;
  socket.send({ type: 'event' });
  time.pass(9_000);
  last().say({ type: 'ack' });
  time.pass(9_000);
  assert.equal(sockets.length, 1);
  time.pass(2_000);
  assert.equal(sockets.length, 2);
});

test('a connection with nothing to say may be silent for hours', () => {
  const { socket, sockets, last, time } = aTab();
  socket.connect();
  last().welcome();
  socket.send({ type: 'event' });
  last().say({ type: 'ack' });
  time.pass(3_600_000);
  assert.equal(sockets.length, 1);
});

test('a closed socket is forgotten at once: its late words and its end do nothing', () => {
  const { socket, sockets, last, time, received } = aTab();
  socket.connect();
  last().welcome();
  const [old] = sockets;
  socket.close();
  socket.connect();
  old?.say({ type: 'show' });
  old?.hangUp(1005);
  last().welcome();
  time.pass(60_000);
  assert.deepEqual(received, ['welcome', 'welcome']);
  assert.equal(sockets.length, 2);
});

test('a closed socket says why, if there is a reason', () => {
  const { socket, last } = aTab();
  socket.connect();
  socket.close();
  assert.deepEqual([last().closed, last().code], [true, undefined]);
  socket.connect();
  socket.close(4000);
  assert.deepEqual([last().closed, last().code], [true, 4000]);
});

test('a frame that is no JSON is passed over', () => {
  const { socket, last, received } = aTab();
  socket.connect();
  last().onmessage({ data: '<html>' });
  last().welcome();
  assert.deepEqual(received, ['welcome']);
});

test('a page whose policy forbids the connection only tries again', () => {
  const { socket, time } = aTab({ open: false });
  socket.connect();
  time.pass(60_000);
  assert.ok(time.waiting() > 0);
});

test('of two tabs of a new visitor, the second waits for the token of the first', async () => {
  const browser = { storage: fakeStorage(), locks: fakeLocks() };
  const first = aTab(browser);
  const second = aTab(browser);
  first.socket.connect();
  second.socket.connect();
  await settle();
  assert.equal(second.sockets.length, 0);
  first.last().welcome({ token: 'ours' });
  await settle();
  second.last().onopen();
  assert.deepEqual(second.last().sent, [{ type: 'hello', token: 'ours' }]);
});

test('a first tab that fails gives its turn to the next', async () => {
  const browser = { storage: fakeStorage(), locks: fakeLocks() };
  const first = aTab(browser);
  const second = aTab(browser);
  first.socket.connect();
  second.socket.connect();
  await settle();
  first.last().hangUp(1006);
  await settle();
  assert.equal(second.sockets.length, 1);
});

test('a tab that leaves the line does not connect when its turn comes', async () => {
  const browser = { storage: fakeStorage(), locks: fakeLocks() };
  const first = aTab(browser);
  const second = aTab(browser);
  first.socket.connect();
  second.socket.connect();
  await settle();
  second.socket.close();
  first.last().welcome();
  await settle();
  assert.equal(second.sockets.length, 0);
});

test('a browser that blocks storage gives no locks: nobody waits, and who left the line stays away', async () => {
  const request = () =>
    Promise.reject(new DOMException('The request was denied.', 'SecurityError'));
  const tab = aTab({ locks: /** @type {any} */ ({ request }) });
  tab.socket.connect();
  tab.socket.close();
  await settle();
  assert.equal(tab.sockets.length, 0);
  tab.socket.connect();
  await settle();
  assert.equal(tab.sockets.length, 1);
});

test('tabs of a known visitor do not wait for each other', async () => {
  const browser = { storage: fakeStorage(), locks: fakeLocks() };
  browser.storage.setItem('shopbell.token', 'known');
  const tabs = [aTab(browser), aTab(browser)];
  for (const { socket } of tabs) socket.connect();
  assert.deepEqual(
    tabs.map(({ sockets }) => sockets.length),
    [1, 1],
  );
});
