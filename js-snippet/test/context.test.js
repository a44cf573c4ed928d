import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../src/context.js';
import { at } from './fakes/document.js';

/** @param {string} address @param {string} [referrer] */
function aWindow(address, referrer = '') {
  return /** @type {any} */ ({
    navigator: { language: 'zh-TW' },
    innerWidth: 1280,
    innerHeight: 720,
    location: at(address),
    document: { referrer },
    matchMedia: () => ({ matches: false }),
  });
}

test('the browser says its language, time zone, size and pointer, and nothing else', () => {
  const { utc_offset_min: offset, ...rest } = describe(aWindow('/'));
  assert.equal(Number.isInteger(offset), true);
  assert.deepEqual(rest, {
    language: 'zh-TW',
    viewport: [1280, 720],
    pointer: 'fine',
    referrer: '',
    utm: {},
  });
});

test('the campaign is told, the rest of the query is not', () => {
  const { utm } = describe(aWindow('/?utm_source=ig&utm_medium=cpc&utm_campaign=1111&gclid=x'));
  assert.deepEqual(utm, { source: 'ig', medium: 'cpc', campaign: '1111' });
});

test('a referrer is told without its query, and only if it is another site', () => {
  assert.equal(
    describe(aWindow('/', 'https://www.google.com/search?q=mug')).referrer,
    'https://www.google.com/search',
  );
  assert.equal(describe(aWindow('/cart', 'https://shop.example/p/mug')).referrer, '');
});
