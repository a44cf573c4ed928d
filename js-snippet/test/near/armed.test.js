import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dwellClock } from '../../src/clock.js';
import { watchMoments } from '../../src/moments.js';
import { watchArmed } from '../../src/near/armed.js';
import * as signals from '../../src/near/signals.js';
import { fakeTime } from '../fakes/time.js';
import { fakeWindow } from '../fakes/window.js';

/** A page just opened, in front of a shopper. */
function aPage() {
  const time = fakeTime();
  /** @type {unknown[][]} */
  const reports = [];
  const screen = { visible: true, focused: true };
  const startMs = time.now();
  const { window, frames, scrollTo } = fakeWindow();
  const clock = dwellClock();
  /** @type {import('../../src/types.js').Report} */
  const report = (name, data) =>
    reports.push([time.now() - startMs, name, ...(data ? [data] : [])]);
  const seen = () => screen.visible;
  const page = watchMoments({
    clock,
    now: time.now,
    after: time.after,
    report,
    visible: seen,
    focused: () => screen.focused,
    near: () => /** @type {any} */ (watch),
  });
  const { check, reportDwell: dwell } = page;
  const watch = watchArmed({
    window,
    now: time.now,
    report,
    seen,
    clock,
    dwell,
    check,
    part: (_, use) => use(signals),
  });
  page.check();
  page.turnPage();
  const moments = {
    ...page,
    ...watch,
    /** @param {import('../../src/types.js').Arm} arm */
    arm(arm) {
      watch.arm(arm, time.now());
      frames.pop()?.();
    },
    scrolled: scrollTo,
  };
  return { time, reports, screen, moments };
}

test('an armed dwell is reported at its millisecond, once', () => {
  const { time, reports, moments } = aPage();
  time.pass(50);
  moments.arm({ page_dwell: [10_001] });
  time.pass(20_000);
  assert.deepEqual(reports, [[10_001, 'page_dwell', { ms: 10_001 }]]);
});

test('each armed dwell reports the time since the last report', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ page_dwell: [10_001, 15_000] });
  time.pass(16_000);
  assert.deepEqual(reports, [
    [10_001, 'page_dwell', { ms: 10_001 }],
    [15_000, 'page_dwell', { ms: 4_999 }],
  ]);
});

test('a dwell that is past when it is armed is reported at once', () => {
  const { time, reports, moments } = aPage();
  time.pass(12_000);
  moments.arm({ page_dwell: [10_001] });
  assert.deepEqual(reports, [[12_000, 'page_dwell', { ms: 12_000 }]]);
});

test('a dwell that the engine has heard of is not reported again', () => {
  const { time, reports, moments } = aPage();
  time.pass(12_000);
  moments.reportDwell();
  moments.arm({ page_dwell: [10_001] });
  time.pass(3_000);
  assert.equal(reports.length, 1);
});

test('a page in the back waits with its dwell until it is in front again', () => {
  const { time, reports, screen, moments } = aPage();
  moments.arm({ page_dwell: [10_001] });
  time.pass(4_000);
  screen.visible = false;
  moments.check();
  time.pass(60_000);
  screen.visible = true;
  moments.check();
  moments.input();
  time.pass(6_000);
  assert.deepEqual(reports, []);
  time.pass(1);
  assert.deepEqual(reports, [[70_001, 'page_dwell', { ms: 10_001 }]]);
});

test('a page without the focus earns no dwell', () => {
  const { time, reports, screen, moments } = aPage();
  screen.focused = false;
  moments.check();
  moments.arm({ page_dwell: [5_000] });
  time.pass(20_000);
  assert.deepEqual(reports, []);
});

test('a shopper who is away earns no dwell until the next input', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ page_dwell: [40_000] });
  time.pass(100_000);
  assert.deepEqual(reports, []);
  moments.input();
  time.pass(10_000);
  assert.deepEqual(reports, [[110_000, 'page_dwell', { ms: 40_000 }]]);
});

test('a machine that sleeps does not reach a dwell', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ page_dwell: [20_000] });
  time.pass(2_000);
  time.sleep(3_600_000);
  time.pass(1);
  assert.deepEqual(reports, []);
});

test('what is armed anew replaces what was armed', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ page_dwell: [5_000], wake: [1_000], idle: [3_000] });
  moments.arm({});
  time.pass(10_000);
  assert.deepEqual(reports, []);
});

test('nothing is reported that is not armed', () => {
  const { time, reports, moments } = aPage();
  moments.scrolled(90);
  moments.signal('exit_intent');
  moments.signal('copy');
  time.pass(40_000);
  assert.deepEqual(reports, []);
});

test('idle is reported once in a quiet time, and again in the next', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ idle: [10_000] });
  time.pass(4_000);
  moments.input();
  time.pass(30_000);
  moments.input();
  time.pass(10_000);
  assert.deepEqual(reports, [
    [14_000, 'idle', { ms: 10_000 }],
    [44_000, 'idle', { ms: 10_000 }],
  ]);
});

test('an idle time that is past when it is armed is reported at once', () => {
  const { time, reports, moments } = aPage();
  time.pass(7_000);
  moments.arm({ idle: [5_000] });
  moments.arm({ idle: [5_000] });
  assert.deepEqual(reports, [[7_000, 'idle', { ms: 7_000 }]]);
});

test('a hidden page is not idle', () => {
  const { time, reports, screen, moments } = aPage();
  moments.arm({ idle: [5_000] });
  screen.visible = false;
  moments.check();
  time.pass(60_000);
  assert.deepEqual(reports, []);
});

test('a wake comes so long after its arming', () => {
  const { time, reports, moments } = aPage();
  time.pass(500);
  moments.arm({ wake: [1_000, 2_000] });
  time.pass(5_000);
  assert.deepEqual(reports, [
    [1_500, 'wake'],
    [2_500, 'wake'],
  ]);
});

test('a scroll depth is reported when it is passed, and not on the way back', () => {
  const { reports, moments } = aPage();
  moments.arm({ scroll: [50, 90] });
  for (const percent of [20, 49, 62, 30, 70, 95]) moments.scrolled(percent);
  assert.deepEqual(reports, [
    [0, 'scroll', { percent: 62 }],
    [0, 'scroll', { percent: 95 }],
  ]);
});

test('a scroll depth that is past when it is armed is reported at once', () => {
  const { reports, moments } = aPage();
  moments.scrolled(80);
  moments.arm({ scroll: [50] });
  assert.deepEqual(reports, [[0, 'scroll', { percent: 80 }]]);
});

test('a signal is reported at most once a second', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ exit_intent: true });
  moments.signal('exit_intent');
  moments.signal('exit_intent');
  time.pass(1_000);
  moments.signal('exit_intent');
  assert.deepEqual(reports, [
    [0, 'exit_intent'],
    [1_000, 'exit_intent'],
  ]);
});

test('another page starts without dwell and depth', () => {
  const { time, reports, moments } = aPage();
  moments.arm({ page_dwell: [5_000], scroll: [50] });
  moments.scrolled(80);
  time.pass(3_000);
  moments.turnPage();
  moments.scrolled(60);
  time.pass(5_000);
  assert.deepEqual(reports, [
    [0, 'scroll', { percent: 80 }],
    [3_000, 'scroll', { percent: 60 }],
    [8_000, 'page_dwell', { ms: 5_000 }],
  ]);
});

test('a page that nobody attends to needs no timer', () => {
  const { time, screen, moments } = aPage();
  assert.equal(time.waiting(), 1);
  screen.visible = false;
  moments.check();
  assert.equal(time.waiting(), 0);
});
