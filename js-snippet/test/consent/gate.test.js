import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate } from '../../src/consent/index.js';
import { fakeTime } from '../fakes/time.js';

/** A storage that tells what is in it by its keys, as the browser's does. @param {Record<string, string>} [kept] */
function aStorage(kept = {}) {
  return Object.create(
    {
      getItem: (/** @type {string} */ key) => kept[key] ?? null,
      /** @this {Record<string, string>} */
      setItem(/** @type {string} */ key, /** @type {string} */ value) {
        this[key] = kept[key] = value;
      },
      /** @this {Record<string, string>} */
      removeItem(/** @type {string} */ key) {
        delete this[key];
        delete kept[key];
      },
    },
    Object.fromEntries(
      Object.entries(kept).map(([key, value]) => [
        key,
        { value, enumerable: true, configurable: true, writable: true },
      ]),
    ),
  );
}

/**
 * A page with a gate; `done` is what it had the core do, `sent` what it sent itself.
 *
 * @param {any} [page] what is in the window @param {Record<string, string>} [dataset] of the script tag
 * @param {Record<string, string>} [kept] in localStorage
 */
function aPage(page = {}, dataset = {}, kept = {}) {
  const time = fakeTime();
  /** @type {any[]} */
  const done = [];
  /** @type {any[]} */
  const sent = [];
  /** @type {Record<string, (event: any) => void>} */
  const heard = {};
  const listens = {
    addEventListener: (/** @type {string} */ name, /** @type {any} */ act) => {
      heard[name] = act;
    },
  };
  const window = {
    navigator: {},
    crypto,
    location: { origin: 'https://shop.example' },
    localStorage: aStorage(kept),
    sessionStorage: aStorage(),
    fetch: (/** @type {URL} */ url, /** @type {any} */ request) => {
      sent.push([request.method, url.pathname, request.body]);
      return Promise.resolve();
    },
    ...listens,
    ...page,
  };
  window.document = { cookie: '', ...listens };
  const say = gate({
    window: /** @type {any} */ (window),
    document: /** @type {any} */ (window.document),
    script: /** @type {any} */ ({ dataset }),
    site: 'pk_shop',
    engine: (path) => new URL(path, 'https://shop.example/bell/'),
    set: (mode) => done.push(mode),
    report: (name, data) => done.push([name, data]),
    now: time.now,
    after: time.after,
  });
  return { window, say, done, sent, heard, time, look: () => time.pass(1_000) };
}

/** @param {string} analytics @param {string} [marketing] */
const will = (analytics, marketing = analytics) => ({ analytics, marketing });
/** @param {string} kind @param {string} word */
const gtag = (kind, word) => ['consent', kind, { analytics_storage: word, ad_storage: word }];
const TOKEN = { 'shopbell.token': 'k.v.s.1.x', 'shops own': '1' };

test('a shop that asks for consent itself is waited for', () => {
  const { done, say, look } = aPage({}, { consent: '' });
  assert.deepEqual(done, ['unknown']);
  look();
  say(will('granted'));
  assert.deepEqual(done, ['unknown', 'granted', ['consent', will('granted')]]);
});

for (const [name, page, dataset, expected] of /** @type {[string, any, any, any[]][]} */ ([
  ['no answer in Consent Mode', { dataLayer: [gtag('default', 'denied')] }, {}, ['unknown']],
  ['a refusal in Consent Mode', { dataLayer: [gtag('update', 'denied')] }, {}, ['denied']],
  ['a grant in Consent Mode', { dataLayer: [gtag('update', 'granted')] }, {}, ['granted']],
  ['a dialog of the IAB that is open', { __tcfapi: () => {} }, {}, ['unknown']],
  ['a refusal in WordPress', { wp_has_consent: () => false, consent_api: {} }, {}, ['unknown']],
  ['a platform of nobody that we know', { Shopify: {} }, {}, ['granted']],
  [
    'two platforms that differ',
    { dataLayer: [gtag('update', 'granted')], wp_has_consent: () => false },
    {},
    ['unknown'],
  ],
  [
    'a platform that granted where the shop asks as well',
    { dataLayer: [gtag('update', 'granted')] },
    { consent: '' },
    ['granted'],
  ],
])) {
  test(`mode by ${name}`, () => {
    const { done } = aPage(page, dataset);
    assert.deepEqual(
      done.filter((each) => typeof each === 'string'),
      expected,
    );
  });
}

test('without anybody who asks nothing changes until the shop says something', () => {
  const { done, say, look } = aPage();
  look();
  assert.deepEqual(done, []);
  say(will('denied'));
  assert.deepEqual(done, ['denied']);
});

test('a page that was held up for a word that means nothing goes on as before', () => {
  const { done, say } = aPage();
  say(/** @type {any} */ ('perhaps'));
  assert.deepEqual(done, ['granted', ['consent', will('granted')]]);
});

test('Global Privacy Control denies marketing, and all of it where the shop says so', () => {
  const navigator = { globalPrivacyControl: true };
  assert.deepEqual(aPage({ navigator }).done, ['granted', ['consent', will('granted', 'denied')]]);
  assert.deepEqual(aPage({ navigator }, { gpc: 'deny' }).done, ['denied']);
});

test('Global Privacy Control holds against a grant', () => {
  const { done, say } = aPage({ navigator: { globalPrivacyControl: true } });
  say(will('granted'));
  assert.deepEqual(done.at(-1), ['consent', will('granted', 'denied')]);
});

test('what the shop says counts more than what a platform says', () => {
  const { done, say } = aPage({ dataLayer: [gtag('default', 'denied')] });
  say({ analytics: 'granted' });
  assert.equal(done[1], 'granted');
});

test('an answer in the data layer is found though nobody tells of it', () => {
  /** @type {any[]} */
  const dataLayer = [gtag('default', 'denied')];
  const { done, look } = aPage({ dataLayer });
  dataLayer.push(gtag('update', 'granted'));
  look();
  assert.deepEqual(done, ['unknown', 'granted', ['consent', will('granted')]]);
});

test('an event of the platform is acted on at once', () => {
  let allows = false;
  const { done, heard } = aPage({ wp_has_consent: () => allows });
  allows = true;
  heard.wp_listen_for_consent_change?.({});
  assert.equal(done[1], 'granted');
});

test('withdrawal is told, then erased on the spot', () => {
  const { window, done, say, sent } = aPage({}, { consent: '' }, { ...TOKEN });
  say(will('granted'));
  window.sessionStorage.setItem('shopbell.queue', '[]');
  say(will('denied'));
  assert.deepEqual(done.slice(-2), [['consent', will('denied')], 'denied']);
  assert.deepEqual(Object.keys(window.localStorage), ['shops own']);
  assert.deepEqual(Object.keys(window.sessionStorage), []);
  assert.equal(sent.length, 1);
});

test('who refuses and has a name from an earlier page is told of by it', () => {
  const { window, done, sent } = aPage({ dataLayer: [gtag('update', 'denied')] }, {}, { ...TOKEN });
  assert.deepEqual(done, ['denied']);
  const [[method, path, body]] = sent;
  const [hello, event] = body.split('\n').map(JSON.parse);
  assert.deepEqual([method, path], ['POST', '/bell/v1/events']);
  assert.match(hello.doc, /^[a-z0-9]{6,32}$/);
  assert.deepEqual(
    [hello.token, event.seq, event.name, event.data],
    ['k.v.s.1.x', 1, 'consent', will('denied')],
  );
  assert.deepEqual(Object.keys(window.localStorage), ['shops own']);
});

test('where consent is required nothing leaves before a grant, and nothing after a withdrawal', () => {
  const { done, say, sent, look } = aPage({}, { consent: 'required' }, { ...TOKEN });
  say(will('granted'));
  say(will('denied'));
  look();
  assert.deepEqual(done, ['unknown', 'granted', ['consent', will('granted')], 'unknown']);
  assert.equal(sent.length, 1, 'the name is told once more, to be forgotten');
});

test('where consent is required a refusal of somebody without a name is silent', () => {
  const { done, say, sent } = aPage({}, { consent: 'required' });
  say(will('denied'));
  assert.deepEqual([done, sent], [['unknown', 'unknown'], []]);
});

test('a shopper who refuses in another tab is nobody here too, until they say otherwise', () => {
  const { done, heard, say } = aPage({ dataLayer: [gtag('update', 'granted')] });
  heard.storage?.({ key: 'shops own', newValue: null });
  heard.storage?.({ key: 'shopbell.token', newValue: 'another' });
  assert.equal(done.at(-1)[0], 'consent');
  heard.storage?.({ key: 'shopbell.token', newValue: null });
  assert.equal(done.at(-1), 'denied');
  say(will('granted'));
  assert.equal(done.at(-2), 'granted');
});

test('the engine hears of a grant once in a tab, and again when it changes', () => {
  const { done, say } = aPage({}, { consent: '' });
  for (const choice of [will('granted'), will('granted'), will('granted', 'denied')]) say(choice);
  assert.deepEqual(
    done.filter((each) => each[0] === 'consent').map(([, data]) => data),
    [will('granted'), will('granted', 'denied')],
  );
});

test('a cookie of the shop is kept once there is a name, and dropped with it', () => {
  const { window, say, sent, time } = aPage({}, { consent: '', cookie: '' });
  say(will('granted'));
  assert.deepEqual(sent, []);
  window.localStorage.setItem('shopbell.token', 'k.v.s.1.x');
  time.pass(250);
  assert.deepEqual(sent, [['PUT', '/bell/v1/cookie', 'k.v.s.1.x']]);
  say(will('denied'));
  assert.deepEqual(sent.at(-1), ['DELETE', '/bell/v1/cookie', undefined]);
});

test('a platform that throws says nothing', () => {
  const wp_has_consent = () => {
    throw new Error('hostile');
  };
  assert.equal(aPage({ wp_has_consent }).done[0], 'granted');
});
