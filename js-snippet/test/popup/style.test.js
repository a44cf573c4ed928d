import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { css as shared } from '../../src/popup/style.js';

const KINDS = new URL('../../src/popup/kinds/', import.meta.url);

/** @type {[string, string][]} */
const sheets = [['that all share', shared]];
for (const file of readdirSync(KINDS).filter((name) => name.endsWith('.style.js'))) {
  sheets.push([file, (await import(new URL(file, KINDS).href)).css]);
}

test('there are sheets to look at', () => {
  assert.ok(sheets.length > 8);
});

for (const [name, css] of sheets) {
  test(`only transform and opacity ever move: sheet ${name}`, () => {
    for (const [frame] of css.matchAll(/@keyframes .+/g)) {
      for (const [, property] of frame.matchAll(/([a-z-]+):/g)) {
        assert.match(String(property), /^(transform|opacity)$/);
      }
    }
    for (const [, moved] of css.matchAll(/transition:(\S+)/g)) assert.equal(moved, 'transform');
  });

  test(`nothing moves for a shopper who asked for less motion: sheet ${name}`, () => {
    const [still = ''] = css.split('@media(prefers-reduced-motion:no-preference)');
    assert.doesNotMatch(still, /animation|transition|(?<!over)scroll-behavior/);
  });

  test(`no size follows the text size of the page: sheet ${name}`, () => {
    assert.doesNotMatch(css, /\d(rem|rlh)\b/);
  });

  test(`nothing is loaded from anywhere: sheet ${name}`, () => {
    assert.doesNotMatch(css, /url\(|@import/);
  });

  test(`sides are named by the direction of the text: sheet ${name}`, () => {
    assert.doesNotMatch(css, /(^|[{;])(left|right|(margin|padding|border)-(left|right)|float):?/m);
  });
}
