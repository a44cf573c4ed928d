import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as patience from '../../src/near/patience.js';
import { keepQuiet, takesText } from '../../src/near/quiet.js';
import { on } from '../../src/safe.js';
import { fakeTime } from '../fakes/time.js';

/** @param {string} type */
const input = (type) => ({ localName: 'input', type });

for (const type of ['text', 'search', 'email', 'url', 'tel', 'password']) {
  test(`a popup waits while a field of type ${type} has the focus`, () => {
    assert.equal(takesText(input(type)), true);
  });
}

for (const type of ['number', 'checkbox', 'radio', 'range', 'submit']) {
  test(`a popup does not wait for a field of type ${type}`, () => {
    assert.equal(takesText(input(type)), false);
  });
}

test('a popup waits while a text area, editable text or a frame has the focus', () => {
  assert.equal(takesText({ localName: 'textarea' }), true);
  assert.equal(takesText({ localName: 'div', isContentEditable: true }), true);
  assert.equal(takesText({ localName: 'iframe' }), true);
});

test('a popup does not wait for a link, the page itself or no focus at all', () => {
  assert.equal(takesText({ localName: 'a' }), false);
  assert.equal(takesText({ localName: 'body', isContentEditable: false }), false);
  assert.equal(takesText(null), false);
});

/** A page whose shopper is quiet; `focused`, `dialogs` and `hidden` make them busy. */
function aPage(
  fetched = (/** @type {() => void} */ use, /** @type {() => void} */ _failed) => use(),
) {
  const time = fakeTime();
  /** @type {Record<string, ((event?: any) => void)[]>} */
  const heard = {};
  /** @type {any} */
  const document = {
    hidden: false,
    activeElement: null,
    dialogs: [],
    querySelectorAll: () => document.dialogs,
    addEventListener: (/** @type {string} */ name, /** @type {() => void} */ act) => {
      heard[name] = [...(heard[name] ?? []), act];
    },
  };
  const window = {
    document,
    setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => time.after(ms, act),
    clearTimeout: (/** @type {any} */ cancel) => cancel?.call?.(),
  };
  const page = /** @type {any} */ (globalThis);
  page.MutationObserver = class {
    observe() {}
    disconnect() {}
  };
  const calm = keepQuiet({
    window: /** @type {any} */ (window),
    now: time.now,
    on,
    part: (_, use, failed) => fetched(() => use(patience), failed),
  });
  /** @type {string[]} */
  const said = [];
  const ask = () =>
    calm(
      () => said.push('shown'),
      (reason) => said.push(reason),
      () => said.push('failed'),
    );
  const happens = (/** @type {string} */ name) => heard[name]?.forEach((act) => void act());
  return { document, time, said, ask, happens };
}

const visible = (/** @type {boolean} */ seen) => ({
  localName: 'div',
  checkVisibility: () => seen,
});

test('a quiet page shows at once', () => {
  const { ask, said } = aPage();
  ask();
  assert.deepEqual(said, ['shown']);
});

test('a popup waits for who types, and comes when the field is left', () => {
  const { document, ask, said, happens, time } = aPage();
  document.activeElement = { localName: 'textarea' };
  ask();
  document.activeElement = null;
  happens('focusout');
  assert.deepEqual(said, ['typing']);
  time.pass(500);
  assert.deepEqual(said, ['typing', 'shown']);
});

test('a popup comes although a field has the focus, once nobody has typed for a while', () => {
  const { document, ask, said, happens, time } = aPage();
  document.activeElement = { localName: 'input', type: 'search' };
  ask();
  time.pass(10_000);
  happens('keydown');
  time.pass(14_900);
  assert.equal(said.includes('shown'), false);
  time.pass(200);
  assert.equal(said.at(-1), 'shown');
});

test('a frame that has the focus is never thought to be left alone', () => {
  const { document, ask, said, time } = aPage();
  document.activeElement = { localName: 'iframe' };
  ask();
  time.pass(50_000);
  assert.equal(said.includes('shown'), false);
});

for (const [name, busy, reason] of /** @type {[string, object, string][]} */ ([
  ['in the background', { hidden: true }, 'hidden'],
  ['with an open dialog', { dialogs: [visible(true)] }, 'dialog'],
  ['with a dialog in an older browser', { dialogs: [{ localName: 'dialog' }] }, 'dialog'],
])) {
  test(`a popup waits on a page ${name}`, () => {
    const { document, ask, said, time, happens } = aPage();
    const before = { ...document };
    Object.assign(document, busy);
    ask();
    assert.deepEqual(said, [reason]);
    Object.assign(document, before);
    happens('visibilitychange');
    time.pass(500);
    assert.deepEqual(said, [reason, 'shown']);
  });
}

test('what was given up before its wait was fetched is not waited for', () => {
  /** @type {(() => void)[]} */
  const arriving = [];
  const { document, said, ask } = aPage((use) => arriving.push(use));
  document.hidden = true;
  ask()();
  arriving[0]?.();
  assert.deepEqual(said, []);
});

test('a popup that nothing can wait with makes room', () => {
  const { document, ask, said } = aPage((_, failed) => failed());
  document.hidden = true;
  ask();
  assert.deepEqual(said, ['failed']);
});

test('a dialog that the theme keeps in the page and hides is none', () => {
  const { document, ask, said } = aPage();
  document.dialogs = [visible(false), { localName: 'div' }];
  ask();
  assert.deepEqual(said, ['shown']);
});
