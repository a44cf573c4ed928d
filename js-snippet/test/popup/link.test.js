import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeLink } from '../../src/popup/link.js';

const page = 'https://shop.example/tea/oolong';

for (const [url, target] of [
  ['/cart', 'https://shop.example/cart'],
  ['../gifts?size=2#top', 'https://shop.example/gifts?size=2#top'],
  ['//other.example/sale', 'https://other.example/sale'],
  ['https://other.example/sale', 'https://other.example/sale'],
  ['http://other.example/', 'http://other.example/'],
  ['mailto:hello@shop.example', 'mailto:hello@shop.example'],
  ['tel:+886212345678', 'tel:+886212345678'],
]) {
  test(`a popup may link to ${url}`, () => {
    assert.equal(safeLink(url, page), target);
  });
}

for (const url of [
  'javascript:alert(1)',
  ' JavaScript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<p>x</p>',
  'blob:https://shop.example/1',
  'file:///etc/hosts',
  'intent://scan/#Intent;end',
  'http://',
  '',
  undefined,
]) {
  test(`a popup may not link to ${JSON.stringify(url)}`, () => {
    assert.equal(safeLink(url, page), '');
  });
}
