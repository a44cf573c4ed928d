import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const FILE = new URL('../../../integrations/google-tag-manager/shopbell.tpl', import.meta.url);
const [, ...parts] = (await readFile(FILE, 'utf8')).split(/^___([A-Z_]+)___$/m);
/** @param {string} name of a section of the template */
const section = (name) => parts[parts.indexOf(name) + 1] ?? '';
const CODE = section('SANDBOXED_JS_FOR_WEB_TEMPLATE');
const [{ instance }] = JSON.parse(section('WEB_PERMISSIONS'));
const ALLOWED = instance.param[0].value.listItem.map((/** @type {any} */ each) => each.string);
/** Each API of Tag Manager's sandbox, and the permission that it asks for. */
const ASKS = /** @type {Record<string, string | undefined>} */ ({ injectScript: 'inject_script' });

/** Whether one of the permission's patterns fits, in which * stands for anything. @param {string} url */
const mayLoad = (url) =>
  ALLOWED.some((/** @type {string} */ pattern) =>
    new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`).test(url),
  );
/** @param {string} text */
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Runs the code as Tag Manager does: of the page it has nothing but what it requires. @param {object} data @param {Record<string, any>} apis */
function run(data, apis) {
  const require = (/** @type {string} */ name) => {
    const asks = ASKS[name];
    if (asks) assert.equal(instance.key.publicId, asks);
    return apis[name] ?? assert.fail(`the sandbox has no ${name}`);
  };
  runInNewContext(CODE, Object.assign(Object.create(null), { require, data }));
}

const encodeUriComponent = encodeURIComponent;

test('the template loads the script with the key in its address, and passes the outcome on', () => {
  const said = { engine: 'https://bell.shop.example', site: 'pk_abc' };
  for (const outcome of ['gtmOnSuccess', 'gtmOnFailure']) {
    /** @type {string[]} */
    const heard = [];
    const told = {
      gtmOnSuccess: () => heard.push('gtmOnSuccess'),
      gtmOnFailure: () => heard.push('gtmOnFailure'),
    };
    const injectScript = (/** @type {any[]} */ ...[url, onSuccess, onFailure, cached]) => {
      assert.deepEqual([url, cached], ['https://bell.shop.example/s.js?site=pk_abc', url]);
      assert.ok(mayLoad(url));
      (outcome === 'gtmOnSuccess' ? onSuccess : onFailure)();
    };
    run({ ...said, ...told }, { injectScript, encodeUriComponent });
    assert.deepEqual(heard, [outcome]);
  }
});

test('the permission lets in no other script, and none without TLS', () => {
  for (const url of ['https://bell.shop.example/p.1.js', 'http://bell.shop.example/s.js?site=pk_a'])
    assert.ok(!mayLoad(url), url);
});

test('the fields take an address and a key, and nothing else', () => {
  const accepts = (/** @type {string} */ name, /** @type {string} */ value) =>
    JSON.parse(section('TEMPLATE_PARAMETERS'))
      .find((/** @type {any} */ field) => field.name === name)
      .valueValidators.every((/** @type {any} */ { type, args }) =>
        type === 'REGEX' ? new RegExp(args[0]).test(value) : value !== '',
      );
  assert.ok(accepts('engine', 'https://bell.shop.example:8443'));
  for (const wrong of [
    '',
    'bell.shop.example',
    'http://bell.shop.example',
    'https://bell.shop.example/',
  ])
    assert.ok(!accepts('engine', wrong), wrong);
  assert.ok(accepts('site', 'pk_a1B2'));
  for (const wrong of ['', 'a1', 'pk_a"b']) assert.ok(!accepts('site', wrong), wrong);
});

test("the template's own scenario for Tag Manager's test run holds", () => {
  const [, code = ''] = /code: \|-\n((?: {4}.*\n?)+)/.exec(section('TESTS')) ?? [];
  /** @type {Record<string, any>} */
  const apis = { encodeUriComponent };
  /** @type {string[]} */
  const called = [];
  const outcomes = {
    gtmOnSuccess: () => called.push('gtmOnSuccess'),
    gtmOnFailure: () => called.push('gtmOnFailure'),
  };
  runInNewContext(code, {
    mock: (/** @type {string} */ name, /** @type {any} */ act) => {
      apis[name] = act;
    },
    assertThat: (/** @type {any} */ one) => ({
      isEqualTo: (/** @type {any} */ other) => assert.equal(one, other),
    }),
    runCode: (/** @type {object} */ data) => run({ ...data, ...outcomes }, apis),
    assertApi: (/** @type {string} */ name) => ({
      wasCalled: () => assert.ok(called.includes(name), name),
    }),
  });
  assert.deepEqual(called, ['gtmOnSuccess']);
});
