import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { chat } from '../../src/popup/chat.js';
import { coupon } from '../../src/popup/coupon.js';
import { written as amount, build as bar } from '../../src/popup/kinds/bar.js';
import { build as image } from '../../src/popup/kinds/image.js';
import { build as products } from '../../src/popup/kinds/products.js';
import { build as subscribe } from '../../src/popup/kinds/subscribe.js';
import { build as survey } from '../../src/popup/kinds/survey.js';
import { painted, build as wheel } from '../../src/popup/kinds/wheel.js';
import { stand } from '../fakes/stage.js';

const DIST = new URL('../../dist/', import.meta.url);
const MONEY = { pattern: 'NT$#', group: ',', point: '.', decimals: 0 };
const EUROS = { pattern: '# €', group: '.', point: ',', decimals: 2 };

for (const [value, money, words] of /** @type {const} */ ([
  [620, MONEY, 'NT$620'],
  [1_234_567, MONEY, 'NT$1,234,567'],
  [12.5, EUROS, '12,50 €'],
  [1000, EUROS, '1.000 €'],
  [0.1 + 0.2, EUROS, '0,30 €'],
])) {
  test(`a bar writes ${value} as ${words}`, () => {
    assert.equal(amount(value, money), words);
  });
}

const PROGRESS = { goal: 1500, value: 880, currency: 'TWD', done: 'Free!', money: MONEY };

test('a bar says what is missing, and follows the cart until nothing is', () => {
  const { built, panel, said, varied } = stand(bar, {
    text: 'Only {missing}!',
    progress: PROGRESS,
  });
  assert.equal(panel.one('.words').textContent, 'Only NT$620!');
  built.update({ value: 1480, currency: 'TWD' });
  assert.equal(panel.one('.words').textContent, 'Only NT$20!');
  built.update({ value: 2000, currency: 'TWD' });
  assert.equal(panel.one('.words').textContent, 'Free!');
  assert.deepEqual([said, varied.part], [['Only NT$20!', 'Free!'], 1]);
});

test('a bar does not count a cart in another currency', () => {
  const { built, panel } = stand(bar, { text: '{missing}', progress: PROGRESS });
  built.update({ value: 1480, currency: 'EUR' });
  assert.equal(panel.one('.words').textContent, 'NT$620');
});

test('a bar that has nothing to say at its goal goes', () => {
  const progress = { ...PROGRESS, done: undefined };
  const { built, reports } = stand(bar, { text: '{missing}', progress });
  built.update({ value: 1500, currency: 'TWD' });
  assert.deepEqual(reports, [['left', {}]]);
});

test('a bar without progress says its text as it is', () => {
  const { built, panel } = stand(bar, { text: 'Sale', position: 'bottom' });
  assert.equal(panel.one('.words').textContent, 'Sale');
  assert.equal(built.update, undefined);
  assert.ok(panel.classList.contains('at-bottom'));
});

test('where the shop applies the code itself, the button leads there', () => {
  const content = { coupon: { code: 'TEA10', apply: '/discount/TEA10' } };
  const { panel } = stand(coupon, { kind: 'coupon', title: 'Tea', ...content });
  assert.equal(panel.saying('apply').getAttribute('href'), 'https://shop.example/discount/TEA10');
});

test('a button that starts another popup says so and makes room', () => {
  const button = { text: 'Show me', start: true };
  const { panel, reports } = stand(coupon, { kind: 'coupon', title: 'Tea', button });
  panel.saying('Show me').click();
  assert.deepEqual(reports, [
    ['popup_click', {}],
    ['popup_submit', { fields: { step: 'button', choice: '0' } }],
    ['left', {}],
  ]);
});

test('a reply that starts another popup is told by its place', () => {
  const replies = [{ text: 'No' }, { text: 'Yes', start: true }];
  const { panel, reports } = stand(chat, { kind: 'chat', text: 'More?', replies });
  panel.saying('Yes').click();
  assert.deepEqual(reports, [
    ['chat_message', { text: 'Yes' }],
    ['popup_submit', { fields: { step: 'start', choice: '1' } }],
    ['left', {}],
  ]);
});

test('a survey without a comment is sent with the press, and only once', () => {
  const { panel, reports } = stand(survey, { scale: 'nps', question: '?', thanks: 'Thanks' });
  panel.saying('10').click();
  panel.saying('0').click();
  assert.deepEqual(reports, [['popup_submit', { fields: { score: '10' } }]]);
});

test('a survey with a comment is sent with it', () => {
  const { panel, reports, said } = stand(survey, {
    ...{ scale: 'stars', question: '?', comment: 'Why?', thanks: 'Thanks' },
  });
  const [, , , fourth] = panel.one('.scale').querySelectorAll('button');
  fourth?.click();
  panel.one('textarea').value = ' Lovely ';
  panel.one('form').fire('submit');
  panel.one('form').fire('submit');
  assert.deepEqual(reports, [['popup_submit', { fields: { score: '4', comment: 'Lovely' } }]]);
  assert.equal(said[0], 'Thanks');
});

test('a survey that is closed before its comment sends the answer first', () => {
  const { panel, reports } = stand(survey, {
    ...{ scale: 'choice', question: '?', options: ['A', 'B'], comment: 'Why?' },
  });
  panel.saying('B').click();
  panel.saying('close').click();
  assert.deepEqual(reports, [
    ['popup_submit', { fields: { choice: '1' } }],
    ['popup_close', {}],
  ]);
});

test('a survey that is closed without an answer sends none', () => {
  const { panel, reports } = stand(survey, { scale: 'nps', question: '?', comment: 'Why?' });
  panel.saying('close').click();
  assert.deepEqual(reports, [['popup_close', {}]]);
});

test('an address is sent only if it is one, and only with consent', () => {
  const { panel, reports } = stand(subscribe, {
    ...{ kind: 'subscribe', title: 'News', consent: 'Yes', button: 'Go', placeholder: 'Mail' },
  });
  const [field, box] = panel.querySelectorAll('input');
  assert.ok(field && box);
  Object.assign(field, { value: 'mei@', validity: { valid: false } });
  panel.one('form').fire('submit');
  assert.equal(field.getAttribute('aria-invalid'), 'true');
  Object.assign(field, { value: 'mei@example.com', validity: { valid: true } });
  panel.one('form').fire('submit');
  assert.deepEqual(reports, []);
  box.checked = true;
  panel.one('form').fire('submit');
  assert.deepEqual(reports, [
    ['popup_submit', { fields: { email: 'mei@example.com', consent: true } }],
  ]);
});

test('without consent to ask for, there are only the channels', () => {
  const channels = [{ kind: 'line', text: 'LINE', url: 'https://line.example/shop' }];
  const { panel, reports } = stand(subscribe, { kind: 'subscribe', title: 'News', channels });
  assert.deepEqual(panel.querySelectorAll('form'), []);
  panel.saying('LINE').click();
  assert.deepEqual(reports, [['popup_click', {}]]);
});

test('a wheel turns whole rounds, and then to the prize', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const segments = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { panel, reports, said, varied } = stand(wheel, {
    ...{ kind: 'wheel', title: 'Turn', button: 'Go', segments, prize: 2, result: 'c!' },
  });
  panel.saying('Go').click();
  assert.equal(varied.turn, `${6 * 360 - 120}deg`);
  assert.deepEqual(reports, [['popup_submit', { fields: { spun: true } }]]);
  assert.deepEqual(said, ['turning']);
  context.mock.timers.tick(4_400);
  assert.deepEqual(said, ['turning', 'c!']);
});

test('no two slices beside each other have one colour', () => {
  for (let count = 6; count <= 12; count++) {
    const [, stops = ''] = painted(count).match(/conic-gradient\([^,]+,(.*?deg)\)/) ?? [];
    const grounds = [...stops.matchAll(/--([\w-]+)/g)].map(([, name]) => name);
    assert.equal(grounds.length, count);
    grounds.forEach((ground, index) => {
      assert.notEqual(ground, grounds[(index + 1) % count]);
    });
  }
});

test('the colours of the slices are there when the wheel is built', async () => {
  const { chunks } = JSON.parse(await readFile(new URL('manifest.json', DIST), 'utf8'));
  const name = chunks.find((/** @type {string} */ each) => each.startsWith('k.wheel.'));
  const built = await readFile(new URL(name, DIST), 'utf8');
  for (const [colour] of painted(7).matchAll(/--(ground|words)-\d/g)) {
    assert.match(built, new RegExp(`${colour}:(var|color-mix)\\(`));
  }
});

test('a product without a picture has a drawing, and one whose address leads nowhere no link', () => {
  const { panel, reports } = stand(products, {
    ...{ kind: 'products', title: 'Seen' },
    products: [{ id: '1', name: 'Mug', price: 'NT$620', url: 'javascript:alert(1)' }],
  });
  assert.deepEqual(panel.querySelectorAll('img'), []);
  assert.equal(panel.one('.card').getAttribute('href'), '');
  panel.one('.card').click();
  assert.deepEqual(reports[0], ['popup_click', {}]);
});

test('a picture that is a link is counted and goes', () => {
  const picture = { src: '/a.jpg', alt: 'Tea', width: 800, height: 600 };
  const { panel, reports, varied } = stand(image, { kind: 'image', image: picture, url: '/tea' });
  assert.equal(panel.one('img').getAttribute('alt'), 'Tea');
  panel.one('a').click();
  assert.deepEqual(reports, [
    ['popup_click', {}],
    ['left', {}],
  ]);
  assert.equal(varied.ratio, 800 / 600);
});
