import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepClaims } from '../../src/near/claims.js';
import { showPopups } from '../../src/near/shows.js';
import { fakeLocks } from '../fakes/locks.js';
import { fakeTime } from '../fakes/time.js';

const settle = () => new Promise((then) => setImmediate(then));

/** A document in front; `opened` holds the popups that are, or were, on its screen. */
function aDocument(locks = fakeLocks()) {
  const time = fakeTime();
  /** `busy` is what keeps the shopper busy, `ends` ends it. */
  const page = { visible: true, landing: false, busy: '', ends: () => {} };
  /** @type {any[]} */
  const reports = [];
  /** @type {{popup: any, drawn: boolean, closed: boolean, cart: object | undefined, report: import('../../src/types.js').Report, gone: () => void}[]} */
  const opened = [];
  const { claim, letGo } = keepClaims(locks);
  const renderer = {
    /** @type {import('../../src/types.js').Renderer['open']} */
    open({ at, ...popup }, report, _, gone, calm, cart) {
      assert.equal(typeof at, 'number');
      /** @type {typeof opened[0]} */
      const open = { popup, drawn: false, closed: false, cart: cart(), report, gone };
      opened.push(open);
      calm(() => {
        open.drawn = true;
        report('popup_view');
      });
      return {
        close() {
          open.closed = true;
          report('popup_close');
          gone();
        },
        update(cart) {
          open.cart = cart;
        },
      };
    },
  };
  /** @type {object | undefined} */
  let cart;
  const popups = showPopups({
    turn: () => {},
    open: renderer.open,
    claim,
    letGo,
    calm: (act, held) => {
      if (page.busy) held(page.busy);
      else act();
      page.ends = act;
      return () => {};
    },
    seen: () => page.visible,
    landing: () => page.landing,
    now: time.now,
    report: (name, data) => reports.push([name, data]),
    cart: () => cart,
  });
  const shows = {
    ...popups,
    /** @param {string} fire @param {import('../../src/types.js').Popup} popup */
    show: (fire, popup) => popups.show(fire, popup, time.now()),
    /** @param {object} told */
    inCart(told) {
      cart = told;
      popups.update();
    },
  };
  return { time, page, reports, opened, shows, letGo };
}

test('a firing is shown, and its view reported with its name', async () => {
  const { shows, opened, reports } = aDocument();
  shows.show('f_1', { kind: 'chat' });
  await settle();
  assert.deepEqual(
    opened.map(({ popup }) => popup),
    [{ kind: 'chat' }],
  );
  assert.deepEqual(reports, [['popup_view', { fire: 'f_1' }]]);
});

test('what the shopper does is reported with the name of the firing', async () => {
  const { shows, opened, reports } = aDocument();
  shows.show('f_1', {});
  await settle();
  opened[0]?.report('chat_message', { text: 'Delivery time' });
  assert.deepEqual(reports[1], ['chat_message', { text: 'Delivery time', fire: 'f_1' }]);
});

test('a firing that comes again is not shown again', async () => {
  const { shows, opened } = aDocument();
  shows.show('f_1', {});
  shows.show('f_1', {});
  await settle();
  opened[0]?.gone();
  shows.show('f_1', {});
  await settle();
  assert.equal(opened.length, 1);
});

test('of two tabs of a browser, one shows a firing', async () => {
  const locks = fakeLocks();
  const tabs = [aDocument(locks), aDocument(locks)];
  for (const { shows } of tabs) shows.show('f_1', {});
  await settle();
  assert.equal(tabs.flatMap(({ opened }) => opened).length, 1);
  assert.equal(tabs.flatMap(({ reports }) => reports).length, 1);
});

test('a tab whose firing another tab has shows the next one', async () => {
  const locks = fakeLocks();
  const [first, second] = [aDocument(locks), aDocument(locks)];
  first.shows.show('f_1', {});
  await settle();
  second.shows.show('f_1', {});
  second.shows.show('f_2', { kind: 'coupon' });
  await settle();
  assert.deepEqual(
    second.opened.map(({ popup }) => popup),
    [{ kind: 'coupon' }],
  );
});

test('a page in the background shows its popup when it is seen', async () => {
  const { shows, opened, page, time } = aDocument();
  page.visible = false;
  shows.show('f_1', {});
  await settle();
  assert.equal(opened.length, 0);
  time.pass(54_000);
  page.visible = true;
  shows.next();
  await settle();
  assert.equal(opened.length, 1);
});

test('a firing that the engine has released by now does not show up any more', async () => {
  const { shows, opened, page, time } = aDocument();
  page.visible = false;
  shows.show('f_1', {});
  time.pass(56_000);
  page.visible = true;
  shows.next();
  await settle();
  assert.equal(opened.length, 0);
});

test('a second popup waits until the first is closed', async () => {
  const { shows, opened } = aDocument();
  shows.show('f_1', { kind: 'chat' });
  shows.show('f_2', { kind: 'coupon' });
  await settle();
  assert.equal(opened.length, 1);
  opened[0]?.gone();
  shows.turn();
  await settle();
  assert.deepEqual(opened[1]?.popup, { kind: 'coupon' });
});

test('a popup that the engine takes back is closed, and that is no deed of the shopper', async () => {
  const { shows, opened, reports } = aDocument();
  shows.show('f_1', {});
  await settle();
  shows.hide('f_1');
  assert.equal(opened[0]?.closed, true);
  assert.deepEqual(reports, [['popup_view', { fire: 'f_1' }]]);
});

test('a popup that is taken back before it is drawn never shows', async () => {
  const { shows, opened } = aDocument();
  shows.show('f_1', {});
  shows.hide('f_1');
  await settle();
  assert.equal(opened.length, 0);
});

test('a page that is left takes its popups along, and shows none of them twice', async () => {
  const { shows, opened } = aDocument();
  shows.show('f_1', {});
  shows.show('f_2', {});
  await settle();
  shows.leave();
  assert.equal(opened[0]?.closed, true);
  shows.show('f_1', {});
  shows.show('f_2', {});
  await settle();
  assert.equal(opened.length, 2);
});

test('without locks, as on an insecure origin or where storage is blocked, popups are shown', async () => {
  const request = () =>
    Promise.reject(new DOMException('The request was denied.', 'SecurityError'));
  for (const locks of [undefined, { request }])
    assert.ok(await keepClaims(/** @type {any} */ (locks)).claim('f_1'));
});

test('a bar stands beside another popup, and a second bar waits until the first has gone', async () => {
  const { shows, opened } = aDocument();
  for (const [fire, kind] of /** @type {const} */ ([
    ['f_1', 'chat'],
    ['f_2', 'bar'],
    ['f_3', 'bar'],
  ]))
    shows.show(fire, { kind });
  await settle();
  assert.deepEqual(
    opened.map(({ popup }) => popup.kind),
    ['chat', 'bar'],
  );
  opened[1]?.gone();
  await settle();
  assert.equal(opened.length, 3);
});

test('a phone that has just landed gets nothing but a bar until it is touched', async () => {
  const { shows, opened, page } = aDocument();
  page.landing = true;
  shows.show('f_1', { kind: 'coupon' });
  shows.show('f_2', { kind: 'bar' });
  await settle();
  assert.deepEqual(
    opened.map(({ popup }) => popup.kind),
    ['bar'],
  );
  page.landing = false;
  shows.next();
  await settle();
  assert.deepEqual(opened[1]?.popup, { kind: 'coupon' });
});

test('what a phone held back for too long is given up', async () => {
  const { shows, opened, page, time } = aDocument();
  page.landing = true;
  shows.show('f_1', {});
  time.pass(56_000);
  page.landing = false;
  shows.next();
  await settle();
  assert.equal(opened.length, 0);
});

test('popups hear of the cart, also those that are opened later', async () => {
  const { shows, opened } = aDocument();
  shows.show('f_1', { kind: 'bar' });
  await settle();
  shows.inCart({ value: 620 });
  shows.show('f_2', { kind: 'chat' });
  await settle();
  assert.deepEqual(
    opened.map(({ cart }) => cart),
    [{ value: 620 }, { value: 620 }],
  );
});

test('a popup that left without a word makes room for the next', async () => {
  const { shows, opened, reports } = aDocument();
  shows.show('f_1', {});
  shows.show('f_2', {});
  await settle();
  opened[0]?.gone();
  shows.turn();
  await settle();
  assert.equal(opened.length, 2);
  assert.deepEqual(
    reports.map(([name, { reason }]) => [name, reason]),
    [
      ['popup_held', 'popup'],
      ['popup_view', undefined],
      ['popup_held', 'view'],
      ['popup_view', undefined],
    ],
  );
});

/** @param {[string, object][]} reports @returns {object[]} */
const held = (reports) => reports.filter(([name]) => name === 'popup_held').map(([, data]) => data);

test('the engine hears once what the page holds a popup back by, and again when that is another reason', async () => {
  const { shows, opened, reports, page } = aDocument();
  page.visible = false;
  shows.show('f_1', {});
  shows.next();
  page.visible = true;
  page.landing = true;
  shows.next();
  shows.next();
  await settle();
  assert.deepEqual(held(reports), [
    { fire: 'f_1', reason: 'hidden' },
    { fire: 'f_1', reason: 'landing' },
  ]);
  page.landing = false;
  shows.next();
  await settle();
  assert.equal(opened.length, 1);
});

test('a page view is interrupted once: what comes later waits for another view, and a bar for nothing', async () => {
  const { shows, opened, reports } = aDocument();
  shows.show('f_1', { kind: 'chat' });
  await settle();
  opened[0]?.gone();
  shows.show('f_2', { kind: 'coupon' });
  shows.show('f_3', { kind: 'bar' });
  await settle();
  assert.deepEqual(held(reports), [{ fire: 'f_2', reason: 'view' }]);
  assert.deepEqual(
    opened.map(({ popup }) => popup.kind),
    ['chat', 'bar'],
  );
  shows.turn();
  await settle();
  assert.equal(opened[2]?.popup.kind, 'coupon');
});

test('what a click asked for comes in the same page view', async () => {
  const { shows, opened } = aDocument();
  shows.show('f_1', { kind: 'chat' });
  await settle();
  opened[0]?.report('popup_submit', { fields: { step: 'start', choice: '1' } });
  opened[0]?.gone();
  shows.show('f_2', { kind: 'coupon' });
  await settle();
  assert.equal(opened.length, 2);
});

test('a popup that waits for another one to go is told of, a bar that does not is not', async () => {
  const { shows, reports } = aDocument();
  for (const [fire, kind] of /** @type {const} */ ([
    ['f_1', 'chat'],
    ['f_2', 'coupon'],
    ['f_3', 'bar'],
  ]))
    shows.show(fire, { kind });
  await settle();
  assert.deepEqual(held(reports), [{ fire: 'f_2', reason: 'popup' }]);
});

test('a popup waits while the shopper is busy', async () => {
  const { shows, opened, reports, page } = aDocument();
  page.busy = 'typing';
  shows.show('f_1', {});
  await settle();
  assert.deepEqual(held(reports), [{ fire: 'f_1', reason: 'typing' }]);
  assert.equal(opened[0]?.drawn, false);
  page.ends();
  assert.equal(opened[0]?.drawn, true);
});

test('a popup that was held back for too long is not drawn, and makes room', async () => {
  const { shows, opened, page, time } = aDocument();
  page.busy = 'dialog';
  shows.show('f_1', {});
  await settle();
  time.pass(56_000);
  page.ends();
  page.busy = '';
  shows.show('f_2', {});
  await settle();
  assert.deepEqual(
    opened.map(({ drawn }) => drawn),
    [false, true],
  );
});
