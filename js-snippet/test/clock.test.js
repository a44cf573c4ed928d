import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dwellClock } from '../src/clock.js';

/** A clock whose page was opened at 0 by a shopper who is there. */
function aClock() {
  const clock = dwellClock();
  clock.presence(0, true);
  clock.turnPage(0);
  return clock;
}

/** Looks every second, as the page does. @param {import('../src/clock.js').DwellClock} clock @param {number} fromMs @param {number} toMs */
function look(clock, fromMs, toMs) {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1_000) clock.totalMs(nowMs);
  return clock.totalMs(toMs);
}

test('attention counts from the opening of the page', () => {
  assert.equal(look(aClock(), 0, 10_001), 10_001);
});

test('a page in the background earns nothing', () => {
  const clock = aClock();
  look(clock, 0, 4_000);
  clock.presence(4_000, false);
  assert.equal(look(clock, 4_000, 60_000), 4_000);
  clock.presence(60_000, true);
  clock.input(60_000);
  assert.equal(look(clock, 60_000, 63_000), 7_000);
});

test('a page that was never in front earns nothing', () => {
  const clock = dwellClock();
  clock.turnPage(0);
  assert.equal(look(clock, 0, 20_000), 0);
});

test('thirty seconds after the last input the shopper is away', () => {
  const clock = aClock();
  look(clock, 0, 5_000);
  clock.input(5_000);
  assert.equal(look(clock, 5_000, 90_000), 35_000);
  assert.equal(clock.runs(34_999), true);
  assert.equal(clock.runs(35_000), false);
});

test('an input after an absence counts from then on', () => {
  const clock = aClock();
  look(clock, 0, 50_000);
  clock.input(50_000);
  assert.equal(look(clock, 50_000, 52_000), 32_000);
});

test('a machine that slept counts six seconds at most', () => {
  const clock = aClock();
  look(clock, 0, 2_000);
  assert.equal(clock.totalMs(22_000), 8_000);
});

test('another page starts at zero', () => {
  const clock = aClock();
  look(clock, 0, 5_000);
  clock.turnPage(5_000);
  assert.equal(clock.totalMs(5_000), 0);
  assert.equal(clock.totalMs(6_500), 1_500);
});

test('every millisecond is handed out once, and fractions are kept', () => {
  const clock = aClock();
  assert.equal(clock.unreported(1_000.7), 1_000);
  assert.equal(clock.unreported(1_000.9), 0);
  assert.equal(clock.unreported(2_000.2), 1_000);
  assert.equal(clock.reportedMs, 2_000);
});
