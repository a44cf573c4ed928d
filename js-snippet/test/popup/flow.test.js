import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from '../../src/popup/kinds/flow.js';
import { stand } from '../fakes/stage.js';

const LONG_MS = 10_000;

/**
 * @param {import('node:test').TestContext} context
 * @param {Record<string, object>} steps
 * @param {object} [more]
 */
function talk(context, steps, more) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { panel, reports } = stand(build, { kind: 'chat', title: 'Shop', steps, ...more });
  const bubbles = () =>
    panel
      .querySelectorAll('.bubble')
      .map((bubble) => bubble.textContent)
      .filter(Boolean);
  return { panel, reports, bubbles, wait: () => context.mock.timers.tick(LONG_MS) };
}

test('the first step is there at once, the next one is typed', (context) => {
  const { bubbles, panel, reports, wait } = talk(context, {
    start: { say: ['Hello', 'What for?'], options: [{ text: 'Tea', go: 'tea' }] },
    tea: { say: ['Green?', 'Or black?'] },
  });
  assert.deepEqual(bubbles(), ['Hello', 'What for?']);
  panel.saying('Tea').click();
  assert.deepEqual(bubbles(), ['Hello', 'What for?', 'Tea']);
  wait();
  wait();
  assert.deepEqual(bubbles(), ['Hello', 'What for?', 'Tea', 'Green?', 'Or black?']);
  assert.deepEqual(reports, [['chat_message', { text: 'Tea' }]]);
});

test('what was not chosen goes', (context) => {
  const { panel } = talk(context, { start: { options: [{ text: 'Yes' }, { text: 'No' }] } });
  panel.saying('Yes').click();
  assert.throws(() => panel.saying('No'), /nothing says No/);
});

test('cards are counted on after the options', (context) => {
  const { panel, reports } = talk(context, {
    start: { options: [{ text: 'No' }], cards: [{ title: 'Show me', start: true }] },
  });
  panel.saying('Show me').click();
  assert.deepEqual(reports.slice(1), [
    ['popup_submit', { fields: { step: 'start', choice: '1' } }],
    ['left', {}],
  ]);
});

test('a card that leads out of the chat is a link, and is counted', (context) => {
  const { panel, reports } = talk(context, { start: { cards: [{ title: 'Mug', url: '/p/mug' }] } });
  const link = panel.one('.card');
  assert.equal(link.getAttribute('href'), 'https://shop.example/p/mug');
  link.click();
  assert.deepEqual(reports, [['popup_click', {}]]);
});

test('an answer is told with the name of its field, a number as a number', (context) => {
  const { bubbles, panel, reports } = talk(context, {
    start: { say: ['How long?'], ask: { name: 'cm', type: 'number' } },
  });
  const field = panel.one('input');
  assert.equal(field.getAttribute('aria-label'), 'How long?');
  Object.assign(field, { value: 'long', validity: { valid: true } });
  panel.one('form').fire('submit');
  assert.equal(panel.one('.wrong').textContent, 'number_wrong');
  field.value = '24,5';
  panel.one('form').fire('submit');
  assert.deepEqual(reports, [['popup_submit', { fields: { step: 'start', cm: 24.5 } }]]);
  assert.deepEqual(bubbles(), ['How long?', '24.5']);
});

test('the coupon stands in the step that has it, else in the first', (context) => {
  const more = { coupon: { code: 'FIT100' } };
  const plain = talk(context, { start: { say: ['Hello'] } }, more);
  assert.equal(plain.panel.one('.ticket').one('bdi').textContent, 'FIT100');
  context.mock.timers.reset();
  const later = talk(context, { start: { go: 'end' }, end: { say: ['Here'], coupon: true } }, more);
  assert.deepEqual(later.panel.querySelectorAll('.ticket'), []);
  later.wait();
  assert.equal(later.panel.one('.ticket').one('bdi').textContent, 'FIT100');
});

test('while somebody is there, words go to them; while nobody is, the chat goes on', (context) => {
  const handover = { text: 'One moment', online: true, go: 'mail' };
  const mail = { say: ['Your address?'] };
  const there = talk(context, { start: { handover }, mail });
  Object.assign(there.panel.one('input'), { value: 'Hi', validity: { valid: true } });
  there.panel.one('form').fire('submit');
  assert.deepEqual(there.reports, [['chat_message', { text: 'Hi' }]]);
  assert.deepEqual(there.bubbles(), ['Hi']);
  context.mock.timers.reset();
  const away = talk(context, { start: { handover: { ...handover, online: false } }, mail });
  away.wait();
  assert.deepEqual(away.bubbles(), ['One moment', 'Your address?']);
});
