import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Liquid } from 'liquidjs';

const FILE = new URL('../../../integrations/shopify/shopbell-embed.liquid', import.meta.url);
const BLOCK = await readFile(FILE, 'utf8');

const liquid = new Liquid();
/** What stands in it is for the theme editor: it prints nothing. */
liquid.registerTag('schema', {
  parse(_token, rest) {
    const stream = liquid.parser.parseStream(rest);
    stream.on('tag:endschema', () => stream.stop()).start();
  },
  render: () => '',
});

/** @param {object} settings of the merchant @param {object} [page] */
const render = (settings, page) =>
  liquid.parseAndRender(BLOCK, {
    block: { settings: { engine: 'https://bell.shop.example', site: 'pk_abc', ...settings } },
    cart: { item_count: 0 },
    routes: { cart_update_url: '/de/cart/update' },
    ...page,
  });

/** The scripts of a page. @param {string} html */
const scripts = (html) =>
  [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, tag = '', code = '']) => ({
    tag: tag.replace(/\s+/g, ' ').trim(),
    code,
  }));

test("the block is the snippet's one line, however the address was written", async () => {
  for (const engine of [
    'https://bell.shop.example',
    'https://bell.shop.example/',
    ' https://bell.shop.example ',
  ]) {
    assert.deepEqual(scripts(await render({ engine })), [
      { tag: 'async src="https://bell.shop.example/s.js" data-site="pk_abc"', code: '' },
    ]);
  }
  const [{ tag } = { tag: '' }] = scripts(await render({ ask_consent: true }));
  assert.equal(
    tag,
    'async src="https://bell.shop.example/s.js" data-site="pk_abc" data-consent="required"',
  );
});

test('a block that is not filled in prints nothing', async () => {
  for (const settings of [{ engine: '' }, { site: '' }, { engine: null, site: null }])
    assert.equal((await render(settings)).trim(), '');
});

test('what a merchant types cannot leave its attribute', async () => {
  const html = await render({ site: 'pk_a"><script>alert(1)</script>' });
  assert.equal(scripts(html).length, 1);
});

/** Lets the cart carry the shopper. @param {object} [page] @param {Record<string, string>} [stored] */
async function carrying(page, stored = { 'shopbell.token': 'k.v' }) {
  const [, { code } = { code: '' }] = scripts(await render({ carry: true }, page));
  /** @type {Record<string, () => Promise<void>>} */
  const listeners = {};
  /** @type {[string, any][]} */
  const sent = [];
  /** @type {Record<string, string>} */
  const session = {};
  const storage = (/** @type {Record<string, string>} */ held) => ({
    getItem: (/** @type {string} */ key) => held[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => {
      held[key] = value;
    },
  });
  new Function('addEventListener', 'setTimeout', 'fetch', 'localStorage', 'sessionStorage', code)(
    (/** @type {string} */ name, /** @type {any} */ act) => {
      listeners[name] = act;
    },
    (/** @type {() => void} */ act) => act(),
    async (/** @type {string} */ url, /** @type {any} */ request) => sent.push([url, request]),
    storage(stored),
    storage(session),
  );
  return { listeners, sent };
}

test('a cart carries to the checkout who the shopper is, once', async () => {
  const { listeners, sent } = await carrying();
  assert.deepEqual(Object.keys(listeners), ['pagehide']);
  await listeners.pagehide?.();
  await listeners.pagehide?.();
  assert.deepEqual(
    sent.map(([url, { method, body }]) => [url, method, JSON.parse(body)]),
    [['/de/cart/update.js', 'POST', { attributes: { _shopbell: 'k.v' } }]],
  );
});

test('a page with a full cart carries at its load, and nobody who has no name', async () => {
  const { listeners, sent } = await carrying({ cart: { item_count: 2 } });
  await listeners.load?.();
  assert.equal(sent.length, 1);
  const nobody = await carrying({ cart: { item_count: 2 } }, {});
  await nobody.listeners.load?.();
  assert.deepEqual(nobody.sent, []);
});
