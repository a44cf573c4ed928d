import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow } from '../src/history/index.js';
import { onSettled } from '../src/quiet.js';
import { fakeTime } from './fakes/time.js';

/** A window without the Navigation API. */
function anOldWindow() {
  /** @type {unknown[][]} */
  const calls = [];
  const window = /** @type {any} */ (new EventTarget());
  window.history = {
    pushState: (/** @type {unknown[]} */ ...args) => calls.push(['push', ...args]),
    replaceState: (/** @type {unknown[]} */ ...args) => calls.push(['replace', ...args]),
  };
  return { window, calls };
}

test('without the Navigation API, pushing, replacing and going back are heard, and reach the history', () => {
  const { window, calls } = anOldWindow();
  let steps = 0;
  follow(window, () => {
    steps += 1;
  });
  window.history.pushState({ n: 1 }, '', '/cart');
  window.history.replaceState(null, '');
  window.dispatchEvent(new Event('popstate'));
  window.dispatchEvent(new Event('hashchange'));
  assert.equal(steps, 5); // once more for what was missed before
  assert.deepEqual(calls, [
    ['push', { n: 1 }, '', '/cart'],
    ['replace', null, ''],
  ]);
});

test('an error of ours does not reach the router', () => {
  const { window } = anOldWindow();
  follow(window, () => {
    throw new Error('ours');
  });
  window.history.pushState(null, '', '/cart');
});

/** A document whose changes the test makes. */
function aDocument() {
  const time = fakeTime();
  let settled = 0;
  globalThis.MutationObserver = /** @type {any} */ (
    class {
      observe() {}
    }
  );
  const moved = onSettled(/** @type {any} */ ({}), time.now, time.after, () => {
    settled += 1;
  });
  return { time, moved, settled: () => settled };
}

test('a page has settled 150 ms after its last change', () => {
  const { time, moved, settled } = aDocument();
  moved();
  time.pass(100);
  moved();
  time.pass(149);
  assert.equal(settled(), 0);
  time.pass(1);
  assert.equal(settled(), 1);
});

test('a page that never stops moving is taken as it is every second', () => {
  const { time, moved, settled } = aDocument();
  for (let n = 0; n < 35; n++) {
    moved();
    time.pass(100);
  }
  assert.equal(settled(), 3);
});
