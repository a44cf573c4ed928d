import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onSettled } from '../src/quiet.js';
import { onRoute } from '../src/routes.js';
import { fakeTime } from './fakes/time.js';

test('with the Navigation API, the history is left alone', () => {
  const navigation = new EventTarget();
  const pushState = () => {};
  let steps = 0;
  onRoute(/** @type {any} */ ({ navigation, history: { pushState } }), () => {
    steps += 1;
  });
  navigation.dispatchEvent(new Event('currententrychange'));
  assert.equal(steps, 1);
});

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

test('without it, pushing, replacing and going back are heard, and reach the history', () => {
  const { window, calls } = anOldWindow();
  let steps = 0;
  onRoute(window, () => {
    steps += 1;
  });
  window.history.pushState({ n: 1 }, '', '/cart');
  window.history.replaceState(null, '');
  window.dispatchEvent(new Event('popstate'));
  window.dispatchEvent(new Event('hashchange'));
  assert.equal(steps, 4);
  assert.deepEqual(calls, [
    ['push', { n: 1 }, '', '/cart'],
    ['replace', null, ''],
  ]);
});

test('an error of ours does not reach the router', () => {
  const { window } = anOldWindow();
  onRoute(window, () => {
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
