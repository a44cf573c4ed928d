import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flings, sense } from '../../src/near/gestures.js';
import { fakeWindow } from '../fakes/window.js';

test('a fast way up is a fling, a slow one is not', () => {
  const flung = flings();
  assert.equal(flung(2_000, 0), false);
  assert.equal(flung(1_800, 100), false);
  assert.equal(flung(1_600, 200), true);
  const slow = flings();
  assert.deepEqual(
    [0, 300, 600, 900].map((ms) => slow(2_000 - ms, ms)),
    [false, false, false, false],
  );
});

test('the way down is no fling', () => {
  const flung = flings();
  assert.deepEqual(
    [0, 100, 200].map((ms) => flung(ms * 10, ms)),
    [false, false, false],
  );
});

/** A page that senses. @param {string[]} armed */
function aWindow(armed, { coarse = false } = {}) {
  const { window, frames, happens } = fakeWindow({ coarse });
  /** @type {unknown[]} */
  const heard = [];
  const measureSoon = sense(
    window,
    () => 0,
    (name) => armed.includes(name),
    (name) => heard.push(name),
    (percent) => heard.push(percent),
  );
  return { window, frames, heard, happens, measureSoon };
}

test('leaving the window at its top edge is an exit', () => {
  const { heard, happens } = aWindow(['exit_intent']);
  happens('mouseout', { relatedTarget: {}, clientY: -1 });
  happens('mouseout', { relatedTarget: null, clientY: 300 });
  assert.deepEqual(heard, []);
  happens('mouseout', { relatedTarget: null, clientY: 0 });
  assert.deepEqual(heard, ['exit_intent']);
});

test('a thumb that flings the page up is an exit, a mouse wheel is not', () => {
  for (const coarse of [true, false]) {
    const { window, frames, heard, happens } = aWindow(['exit_intent'], { coarse });
    for (const y of [900, 400]) {
      window.scrollY = y;
      happens('scroll');
      frames.pop()?.();
    }
    assert.deepEqual(heard, coarse ? ['exit_intent'] : []);
  }
});

test('the depth is measured in one frame, however often the page scrolls', () => {
  const { window, frames, heard, happens } = aWindow(['scroll']);
  window.scrollY = 1_000;
  happens('scroll');
  happens('scroll');
  assert.equal(frames.length, 1);
  frames[0]?.();
  assert.deepEqual(heard, [50]);
});

test('a depth that is armed late is measured without a scroll', () => {
  const { window, frames, heard, measureSoon } = aWindow(['scroll']);
  window.scrollY = 2_000;
  measureSoon();
  frames[0]?.();
  assert.deepEqual(heard, [100]);
});

test('a page that is pulled over its end, as by a thumb, is at its end', () => {
  const { window, frames, heard, measureSoon } = aWindow(['scroll']);
  window.scrollY = 2_100;
  measureSoon();
  frames[0]?.();
  assert.deepEqual(heard, [100]);
});

test('a page that fits the window is not scrolled', () => {
  const { window, frames, heard, measureSoon } = aWindow(['scroll']);
  window.document.documentElement.scrollHeight = 1_000;
  measureSoon();
  frames[0]?.();
  assert.deepEqual(heard, [0]);
});

test('a page of which nothing is armed is not measured', () => {
  const { frames, happens } = aWindow([]);
  happens('scroll');
  assert.equal(frames.length, 0);
});

test('a code copied from a popup is no copy of the shop’s', () => {
  const { heard, happens } = aWindow(['copy']);
  happens('copy', { target: { localName: 'shopbell-root' } });
  happens('copy', { target: { localName: 'p' } });
  assert.deepEqual(heard, ['copy']);
});
