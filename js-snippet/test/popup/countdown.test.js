import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, ends, written } from '../../src/popup/kinds/countdown.js';
import { stand } from '../fakes/stage.js';

/** @param {import('node:test').TestContext} context */
const clockOf = (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000_000_000 });
  return context.mock.timers;
};

/** @param {number} expires_ms */
const coupon = (expires_ms) => ({ code: 'KILN10', expires_ms });

/** @param {import('../fakes/dom.js').FakeElement} panel */
const boxes = (panel) => panel.querySelectorAll('b').map((box) => box.textContent);

for (const [seconds, words] of /** @type {const} */ ([
  [59, '00:59'],
  [600, '10:00'],
  [3_849, '1:04:09'],
  [90_061, '25:01:01'],
  [200_000, '2 days'],
])) {
  test(`${seconds} seconds are written as ${words}`, () => {
    assert.equal(written(seconds, 'en'), words);
  });
}

test('a countdown counts from when the frame came, not from when it is drawn', (context) => {
  clockOf(context);
  const at = performance.now() - 60_000;
  const { panel } = stand(build, { kind: 'countdown', title: 'Now', at, coupon: coupon(120_400) });
  assert.deepEqual(boxes(panel), ['01', '01']);
});

test('a countdown goes on by the second, says the last minute, and ends once', (context) => {
  const timers = clockOf(context);
  const { panel, said } = stand(build, { kind: 'countdown', title: 'Now', coupon: coupon(61_000) });
  timers.tick(1_000);
  assert.deepEqual(said, ['minutes_left']);
  timers.tick(60_000);
  assert.deepEqual(said, ['minutes_left', 'expired']);
  assert.ok(panel.one('.stub').classList.contains('ended'));
  timers.tick(600_000);
  assert.deepEqual(boxes(panel), ['00', '00']);
});

test('a countdown of days has a box for them, which stays', (context) => {
  clockOf(context);
  const { panel } = stand(build, { kind: 'countdown', title: 'Now', coupon: coupon(90_061_000) });
  assert.deepEqual(boxes(panel), ['01', '01', '01', '01']);
});

test('a popup that is gone does not count any more', (context) => {
  const timers = clockOf(context);
  const { panel } = stand(build, { kind: 'countdown', title: 'Now', coupon: coupon(61_000) });
  panel.one('.units').isConnected = false;
  timers.tick(30_000);
  assert.deepEqual(boxes(panel), ['01', '01']);
});

test('a coupon that has expired says so below its code', (context) => {
  const timers = clockOf(context);
  const { panel } = stand(
    (popup, stage) => ({ panel: stage.make('div', {}, ends(popup, stage)) }),
    { kind: 'chat', coupon: coupon(2_000) },
  );
  assert.equal(panel.textContent, 'ends_in 00:02');
  timers.tick(2_000);
  assert.equal(panel.textContent, 'expired');
});
