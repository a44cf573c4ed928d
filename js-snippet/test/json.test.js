import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, stringify } from '../src/json.js';

/** What Prototype.js 1.6 does to a page. @param {() => void} act */
function spoilt(act) {
  const all = [Array, String, Number].map((each) => /** @type {any} */ (each.prototype));
  for (const each of all) each.toJSON = () => 'spoilt';
  try {
    act();
    assert.deepEqual(
      all.map((each) => each.toJSON()),
      ['spoilt', 'spoilt', 'spoilt'],
    );
  } finally {
    for (const each of all) delete each.toJSON;
  }
}

test('values are written as they are, whatever the shop’s library does to all objects', () => {
  spoilt(() => {
    assert.equal(
      stringify({ items: [{ price: 620 }], name: 'Mug' }),
      '{"items":[{"price":620}],"name":"Mug"}',
    );
  });
});

test('what the shop put there is there again, even if the value cannot be written', () => {
  /** @type {any} */
  const round = {};
  round.round = round;
  spoilt(() => assert.throws(() => stringify(round)));
});

test('functions that the shop puts in the place of the browser’s are not used', () => {
  const before = { ...Object.getOwnPropertyDescriptors(JSON) };
  Object.assign(JSON, { parse: () => 'theirs', stringify: () => 'theirs' });
  try {
    assert.deepEqual([parse('[1]'), stringify([1])], [[1], '[1]']);
  } finally {
    Object.defineProperties(JSON, before);
  }
});

test('a JSON that the shop puts in the place of the browser’s is not used', () => {
  const { JSON: native } = globalThis;
  globalThis.JSON = /** @type {any} */ ({ parse: () => 'theirs', stringify: () => 'theirs' });
  try {
    assert.deepEqual([parse('[1]'), stringify([1])], [[1], '[1]']);
  } finally {
    globalThis.JSON = native;
  }
});
