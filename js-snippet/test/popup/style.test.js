import assert from 'node:assert/strict';
import { test } from 'node:test';
import { css } from '../../src/popup/style.js';

test('only transform and opacity ever move', () => {
  const frames = css.match(/@keyframes .+/g) ?? [];
  assert.notEqual(frames.length, 0);
  for (const frame of frames) {
    for (const [, property] of frame.matchAll(/([a-z-]+):/g)) {
      assert.match(String(property), /^(transform|opacity)$/);
    }
  }
  for (const [, moved] of css.matchAll(/transition:(\S+)/g)) assert.equal(moved, 'transform');
});

test('nothing moves for a shopper who asked for less motion', () => {
  const [still = ''] = css.split('@media(prefers-reduced-motion:no-preference)');
  assert.doesNotMatch(still, /animation|transition|(?<!over)scroll-behavior/);
});

test('no size follows the text size of the page', () => {
  assert.doesNotMatch(css, /\d(rem|rlh)\b/);
});

test('nothing is loaded from anywhere', () => {
  assert.doesNotMatch(css, /url\(|@import/);
});

test('sides are named by the direction of the text', () => {
  assert.doesNotMatch(css, /(^|[{;])(left|right|(margin|padding|border)-(left|right)|float):?/m);
});
