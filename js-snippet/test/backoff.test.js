import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelay } from '../src/backoff.js';

const whole = () => 1;

for (const code of [4001, 4003, 4009]) {
  test(`close code ${code} is for ever`, () => {
    assert.equal(retryDelay(code, '', 0, whole), null);
  });
}

for (const code of [1001, 1012]) {
  test(`close code ${code} says when to come back`, () => {
    assert.equal(retryDelay(code, 'retry_after_ms=2345', 4, whole), 2_345);
  });
  test(`close code ${code} without a time backs off`, () => {
    assert.equal(retryDelay(code, '', 1, whole), 1_000);
  });
}

for (const code of [1002, 1006, 1007, 1009, 1011, 1013, 4008, 0]) {
  test(`close code ${code} backs off, whatever its reason says`, () => {
    assert.equal(retryDelay(code, 'retry_after_ms=1', 2, whole), 2_000);
  });
}

test('the wait doubles with every failure, up to thirty seconds', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) =>
    retryDelay(1006, '', failures, whole),
  );
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('the jitter is full: anything from nothing to the whole wait', () => {
  assert.equal(
    retryDelay(1006, '', 3, () => 0),
    0,
  );
  assert.equal(
    retryDelay(1006, '', 3, () => 0.25),
    1_000,
  );
});
