import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tap } from '../../src/readers/tap.js';

/** @param {any} array */
function tapped(array, seen = new WeakSet()) {
  /** @type {any[]} */
  const taken = [];
  const catchUp = tap(array, (entry) => taken.push(entry), seen);
  return { taken, catchUp };
}

const [a, b, c] = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];

test('what was pushed before is taken, and what is pushed then', () => {
  const array = [a];
  const { taken } = tapped(array);
  assert.equal(array.push(b, c), 3);
  assert.deepEqual(
    [taken, array],
    [
      [a, b, c],
      [a, b, c],
    ],
  );
});

test('a replacement that calls what it found, as Tag Manager does, is called, and heard once', () => {
  /** @type {any[]} */
  const array = [];
  const { taken } = tapped(array);
  const found = array.push;
  /** @type {any[]} */
  const managed = [];
  array.push = function (...entries) {
    managed.push(...entries);
    return found.apply(this, entries) + 100;
  };
  assert.equal(array.push(a), 101);
  assert.deepEqual([taken, managed, [...array]], [[a], [a], [a]]);
});

test('a replacement made before us is called too', () => {
  /** @type {any[]} */
  const array = [];
  /** @type {any[]} */
  const managed = [];
  array.push = function (...entries) {
    managed.push(...entries);
    return Array.prototype.push.apply(this, entries);
  };
  const { taken } = tapped(array);
  array.push(a);
  assert.deepEqual([taken, managed, array.length], [[a], [a], 1]);
});

test('what a tag pushes while another entry is on its way is taken', () => {
  /** @type {any[]} */
  const array = [];
  const { taken } = tapped(array);
  const found = array.push;
  array.push = function (entry) {
    const length = found.call(this, entry);
    if (entry === a) array.push(b);
    return length;
  };
  array.push(a);
  assert.deepEqual(taken, [a, b]);
});

test('an object that a theme pushes again is taken again', () => {
  /** @type {any[]} */
  const array = [];
  const { taken } = tapped(array);
  array.push(a);
  array.push(a);
  assert.deepEqual(taken, [a, a]);
});

test('an error of the original reaches its caller, and ours does not', () => {
  /** @type {any[]} */
  const array = [];
  array.push = () => {
    throw new RangeError('full');
  };
  tap(
    array,
    () => {
      throw new TypeError('ours');
    },
    new WeakSet(),
  );
  assert.throws(() => array.push(a), RangeError);
});

test('a frozen layer, or one whose push is sealed, is looked through', () => {
  const array = [a];
  Object.defineProperty(array, 'push', { value: array.push, configurable: false, writable: false });
  const { taken, catchUp } = tapped(array);
  array.push(b);
  catchUp();
  catchUp();
  assert.deepEqual(taken, [a, b]);
  assert.deepEqual(tapped(Object.freeze([a])).taken, [a]);
});

test('a layer that takes the place of another tells its old entries once', () => {
  const seen = new WeakSet();
  const first = tapped([a], seen);
  const second = tapped([a, b], seen);
  assert.deepEqual([first.taken, second.taken], [[a], [b]]);
});

test('a layer that is no array, and entries that are no objects, do no harm', () => {
  for (const odd of [{}, 'layer', 7, { length: 3 }]) assert.deepEqual(tapped(odd).taken, []);
  const array = /** @type {any[]} */ ([]);
  const { taken } = tapped(array);
  array.push('x', 3, undefined, () => {});
  assert.deepEqual([taken, array.length], [[], 4]);
});

test('what the array looks like from outside is the same', () => {
  const array = [a];
  tapped(array);
  assert.deepEqual([Object.keys(array), JSON.stringify(array)], [['0'], '[{"event":"a"}]']);
});

test('push stays what the page set it to, whatever that is', () => {
  /** @type {any} */
  const array = [];
  tapped(array);
  array.push = 'broken';
  assert.equal(array.push, 'broken');
});
