import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takesText } from '../../src/popup/quiet.js';

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
