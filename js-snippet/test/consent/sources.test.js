import assert from 'node:assert/strict';
import { test } from 'node:test';
import { google, onGoogle } from '../../src/consent/google.js';
import { followShopify } from '../../src/consent/shopify.js';
import { followTcf } from '../../src/consent/tcf.js';
import { readChoice, together } from '../../src/consent/will.js';
import { wordpress } from '../../src/consent/wordpress.js';

/** A data layer as gtag() fills it: each entry is the arguments of one call. @param {...any[]} calls */
function aLayer(...calls) {
  /** @type {any[]} */
  const dataLayer = [{ event: 'gtm.js' }];
  for (const call of calls) {
    (function gtag() {
      // biome-ignore lint/complexity/noArguments: that is what gtag() pushes
      dataLayer.push(arguments);
    }).apply(null, /** @type {any} */ (call));
  }
  return { dataLayer };
}

const ALL = ['analytics_storage', 'ad_storage', 'ad_user_data', 'ad_personalization'];
/** @param {string} word */
const all = (word) => Object.fromEntries(ALL.map((name) => [name, word]));
/** @param {any} analytics @param {any} [marketing] */
const will = (analytics, marketing = analytics) => ({ analytics, marketing });

test('a page without Consent Mode says nothing', () => {
  assert.equal(google({}), undefined);
  assert.equal(google(aLayer(['event', 'page_view'])), undefined);
  assert.equal(google({ dataLayer: 'none' }), undefined);
});

for (const [name, calls, expected] of /** @type {[string, any[][], object][]} */ ([
  ['a default of denied is no answer yet', [['default', all('denied')]], will('unknown')],
  ['a default of granted is one', [['default', all('granted')]], will('granted')],
  [
    'an update is the answer',
    [
      ['default', all('denied')],
      ['update', all('granted')],
    ],
    will('granted'),
  ],
  [
    'the last update counts',
    [
      ['update', all('granted')],
      ['update', all('denied')],
    ],
    will('denied'),
  ],
  [
    'purposes are told apart',
    [
      ['default', all('denied')],
      ['update', { ...all('denied'), analytics_storage: 'granted' }],
    ],
    will('granted', 'denied'),
  ],
  [
    'of defaults for several regions the strictest counts',
    [
      ['default', all('granted')],
      ['default', { ...all('denied'), region: ['DE'] }],
    ],
    will('unknown'),
  ],
  [
    'what is no word is nothing',
    [['default', { analytics_storage: 1 }], ['set', {}], ['update']],
    {},
  ],
])) {
  test(`Consent Mode: ${name}`, () => {
    const found = google(aLayer(...calls.map((call) => ['consent', ...call])));
    assert.deepEqual(found ?? {}, expected);
  });
}

test('Consent Mode set by a template stands in the state of the tags alone', () => {
  const entries = {
    analytics_storage: { default: false, update: true },
    ad_storage: { default: false },
  };
  const ics = {
    entries,
    heard: /** @type {any[]} */ ([]),
    addListener: (/** @type {any} */ ...said) => ics.heard.push(said),
  };
  const window = { google_tag_data: { ics } };
  assert.deepEqual(google(window), will('granted', 'unknown'));
  const changed = () => {};
  onGoogle(window, changed);
  assert.deepEqual(ics.heard, [[ALL, changed]]);
});

test('the state of the tags counts more than the data layer, which knows no region', () => {
  const window = {
    ...aLayer(['consent', 'default', { analytics_storage: 'denied', region: ['DE'] }]),
    google_tag_data: { ics: { entries: { analytics_storage: { default: true } } } },
  };
  assert.equal(google(window)?.analytics, 'granted');
});

/** A consent platform of the IAB's. */
function aTcf() {
  /** @type {any[]} */
  const listeners = [];
  const calls = /** @type {any[]} */ ([]);
  return {
    calls,
    window: {
      __tcfapi: (/** @type {any[]} */ ...call) => {
        calls.push(call.slice(0, 2));
        listeners.push(call[2]);
      },
    },
    say: (/** @type {object} */ data, ok = true) => listeners.map((listener) => listener(data, ok)),
  };
}

/** @param {number[]} consents @param {number[]} [interests] */
const answered = (consents, interests = []) => ({
  eventStatus: 'useractioncomplete',
  gdprApplies: true,
  purpose: {
    consents: Object.fromEntries(consents.map((n) => [n, true])),
    legitimateInterests: Object.fromEntries(interests.map((n) => [n, true])),
  },
});

for (const [name, data, expected] of /** @type {[string, any, object][]} */ ([
  ['an open dialog is no answer', { ...answered([]), eventStatus: 'cmpuishown' }, will('unknown')],
  ['all purposes', answered([1, 5, 6, 8]), will('granted')],
  ['storing and measuring alone', answered([1, 8]), will('granted', 'denied')],
  ['a legitimate interest in measuring', answered([1], [8]), will('granted', 'denied')],
  ['a legitimate interest never stores', answered([8], [1]), will('denied')],
  ['nothing', answered([]), will('denied')],
  [
    'an answer of an earlier visit',
    { ...answered([1, 8]), eventStatus: 'tcloaded' },
    will('granted', 'denied'),
  ],
  ['a shopper to whom the law does not apply', { gdprApplies: false }, will('granted')],
])) {
  test(`TCF: ${name}`, () => {
    const { window, calls, say } = aTcf();
    let changes = 0;
    const read = followTcf(window, () => changes++);
    assert.deepEqual(read(), will('unknown'));
    say(data);
    assert.deepEqual(read(), expected);
    assert.deepEqual([calls, changes], [[['addEventListener', 2]], 1]);
  });
}

test('TCF: a failure leaves it open, and a page without it says nothing', () => {
  const { window, say } = aTcf();
  const read = followTcf(window, () => assert.fail('nothing changed'));
  read();
  say(answered([1, 8]), false);
  assert.deepEqual(read(), will('unknown'));
  assert.equal(followTcf({}, () => {})(), undefined);
});

/** @param {Record<string, boolean>} allowed @param {Record<string, string>} [visitor] what they answered */
const customerPrivacy = (allowed, visitor = {}) => ({
  analyticsProcessingAllowed: () => allowed.analytics,
  marketingAllowed: () => allowed.marketing,
  saleOfDataAllowed: () => allowed.sale ?? true,
  currentVisitorConsent: () => ({ analytics: '', marketing: '', ...visitor }),
});

for (const [name, allowed, visitor, expected] of /** @type {[string, any, any, object][]} */ ([
  ['allowed where no consent is needed', { analytics: true, marketing: true }, {}, will('granted')],
  ['not allowed and not answered', { analytics: false, marketing: false }, {}, will('unknown')],
  [
    'refused',
    { analytics: false, marketing: false },
    { analytics: 'no', marketing: 'no' },
    will('denied'),
  ],
  [
    'analytics alone',
    { analytics: true, marketing: false },
    { analytics: 'yes', marketing: 'no' },
    will('granted', 'denied'),
  ],
  [
    'opted out of the sale of data',
    { analytics: true, marketing: true, sale: false },
    {},
    will('granted', 'denied'),
  ],
])) {
  test(`Shopify: ${name}`, () => {
    const window = { Shopify: { customerPrivacy: customerPrivacy(allowed, visitor) } };
    assert.deepEqual(followShopify(window, () => {})(), expected);
  });
}

test('Shopify: the API is fetched once, and nothing is known until it is there', () => {
  /** @type {any[]} */
  const asked = [];
  /** @type {any} */
  const window = { Shopify: { loadFeatures: (/** @type {any[]} */ ...call) => asked.push(call) } };
  let changes = 0;
  const read = followShopify(window, () => changes++);
  assert.deepEqual([read(), read()], [will('unknown'), will('unknown')]);
  assert.deepEqual(asked[0][0], [{ name: 'consent-tracking-api', version: '0.1' }]);
  assert.equal(asked.length, 1);
  window.Shopify.customerPrivacy = customerPrivacy({ analytics: true, marketing: true });
  asked[0][1]();
  assert.deepEqual([read(), changes], [will('granted'), 1]);
});

test('Shopify: a global of that name alone is no platform', () => {
  assert.equal(followShopify({ Shopify: { shop: 'a.myshopify.com' } }, () => {})(), undefined);
  assert.equal(followShopify({}, () => {})(), undefined);
});

for (const [
  name,
  allows,
  cookie,
  expected,
] of /** @type {[string, string[], string, object][]} */ ([
  ['allowed', ['statistics', 'marketing'], '', will('granted')],
  ['not asked yet', [], 'a=b', will('unknown')],
  ['refused', [], 'wp_consent_statistics=deny; wp_consent_marketing=deny', will('denied')],
  ['statistics alone', ['statistics'], 'wp_consent_marketing=deny', will('granted', 'denied')],
])) {
  test(`WP Consent API: ${name}`, () => {
    const wp_has_consent = (/** @type {string} */ category) => allows.includes(category);
    assert.deepEqual(wordpress({ wp_has_consent, document: { cookie } }), expected);
  });
}

test('WP Consent API: a prefix of its own is minded, and a page without it says nothing', () => {
  const window = {
    wp_has_consent: () => false,
    consent_api: { cookie_prefix: 'shop' },
    document: { cookie: 'shop_statistics=deny' },
  };
  assert.deepEqual(wordpress(window), will('denied', 'unknown'));
  assert.equal(wordpress({}), undefined);
});

test('of several who say something, who says no decides, and who has not answered is waited for', () => {
  assert.equal(together([undefined, undefined]), undefined);
  assert.deepEqual(together([will('granted'), undefined, will('denied')]), will('denied'));
  assert.deepEqual(
    together([will('granted'), will('unknown', 'granted')]),
    will('unknown', 'granted'),
  );
});

test('a choice is a word for all or one for each purpose, and anything else is nothing', () => {
  assert.deepEqual(readChoice('denied'), will('denied'));
  assert.deepEqual(readChoice({ analytics: 'granted' }), { analytics: 'granted' });
  for (const odd of [undefined, null, 7, 'yes', { analytics: true, marketing: {} }]) {
    assert.deepEqual(readChoice(odd), {});
  }
});
