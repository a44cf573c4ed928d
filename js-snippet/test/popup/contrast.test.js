import assert from 'node:assert/strict';
import { test } from 'node:test';
import { css } from '../../src/popup/style.js';

const [light = '', dark = ''] = css.split('@media(prefers-color-scheme:dark)');

/** @param {string} name @param {string} part a later one overrides */
function colour(name, part) {
  const [, given] = part.match(`--${name}:(#\\w+)`) ?? light.match(`--${name}:[^#;]*(#\\w+)`) ?? [];
  assert.ok(given, `no colour is called ${name}`);
  const hex = given.length === 4 ? given.replace(/\w/g, '$&$&') : given;
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** @param {number[]} channels */
function luminance(channels) {
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number[]} one @param {number[]} other */
function contrast(one, other) {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

for (const [scheme, part] of /** @type {const} */ ([
  ['light', light],
  ['dark', dark],
])) {
  for (const [text, ground] of /** @type {const} */ ([
    ['ink', 'face'],
    ['ink', 'tint'],
    ['soft', 'face'],
    ['on', 'accent'],
  ])) {
    test(`${scheme}: ${text} can be read on ${ground}`, () => {
      const ratio = contrast(colour(text, part), colour(ground, part));
      assert.ok(ratio >= 4.5, `${ratio.toFixed(2)} is less than 4.5`);
    });
  }
}

test('text can be read where the ticket is lightest', () => {
  const shine = 0x22 / 255;
  assert.match(css, /#fff2,/);
  const ground = colour('accent', light).map((value) => value + (1 - value) * shine);
  const ratio = contrast(colour('on', light), ground);
  assert.ok(ratio >= 4.5, `${ratio.toFixed(2)} is less than 4.5`);
});
