import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lazily } from '../src/chunks.js';

/** A part whose code has yet to come. */
function aPart() {
  /** @type {((list: string[]) => void)[]} */
  const fetches = [];
  const made = lazily(
    (act) =>
      new Promise((done) => {
        fetches.push((list) => {
          act(list);
          done();
        });
      }),
    (/** @type {string[]} */ list) => list,
  );
  /** @type {string[]} */
  const said = [];
  const say = (/** @type {string} */ word) => made.use((list) => list.push(word));
  return { made, said, say, fetches };
}

test('what waits for a part is done in the order of the calls, whichever import settles first', () => {
  const { said, say, fetches } = aPart();
  for (const word of ['armed', 'disarmed', 'armed again']) say(word);
  for (const settle of fetches.reverse()) settle(said);
  say('at once');
  assert.deepEqual(said, ['armed', 'disarmed', 'armed again', 'at once']);
});

test('what fails does not keep the others from the part', () => {
  const { made, said, say, fetches } = aPart();
  made.use(() => {
    throw new Error('mine');
  });
  say('armed');
  for (const settle of fetches) settle(said);
  assert.deepEqual(said, ['armed']);
});

test('who waits for a part hears when it was used', async () => {
  const { said, say, fetches } = aPart();
  const used = Promise.all([say('one'), say('two')]);
  for (const settle of fetches.reverse()) settle(said);
  await used;
  assert.deepEqual(said, ['one', 'two']);
});
