import { codeRow } from './code.js';
import { make } from './element.js';

/** @typedef {import('./index.js').Stage} Stage */
/** @typedef {import('./index.js').Popup} Popup */
/** @typedef {import('./index.js').Coupon} Coupon */
/** @typedef {import('./index.js').Reply} Reply */

/** How long the shop "types" before its next message. */
const TYPING_MS = 900;

/**
 * Build the messages of a chat: the shop's text, its coupon, and the answers to choose from.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function conversation({ coupon, follow_up, labels, replies = [], text }, stage) {
  const log = make(
    'div',
    { class: 'log', role: 'log', tabindex: '0', 'aria-label': labels.chat },
    text && bubble(text),
    coupon && ticket(coupon, stage),
  );
  const choices = make('div', { class: 'replies' });
  for (const reply of replies) {
    const choose = () => {
      stage.report('chat_message', { text: reply.text });
      answer(log, choices, reply.text, reply.follow_up || follow_up);
    };
    choices.append(make('button', { type: 'button', click: choose }, reply.text));
  }
  if (replies.length > 0) log.append(choices);
  return log;
}

/** @param {string} words @param {string} [by] */
function bubble(words, by = '') {
  return make('p', { class: `bubble ${by}` }, words);
}

/** @param {Coupon} coupon @param {Stage} stage */
function ticket(coupon, stage) {
  return make(
    'div',
    { class: 'ticket' },
    coupon.value && make('b', {}, coupon.value),
    codeRow(coupon, stage),
  );
}

/**
 * Put the shopper's answer in the place of the choices; the shop's next message follows.
 *
 * From here on the card keeps its height: messages scroll, and the page sees no layout shift.
 *
 * @param {HTMLElement} log
 * @param {HTMLElement} choices
 * @param {string} words
 * @param {string | undefined} next
 */
function answer(log, choices, words, next) {
  log.style.blockSize = `${log.offsetHeight}px`;
  // The pressed button is about to go, and must not take the focus with it.
  log.focus({ preventScroll: true });
  choices.replaceWith(bubble(words, 'own'));
  if (next) {
    const dots = [make('i'), make('i'), make('i')];
    const typing = make('p', { class: 'bubble typing', 'aria-hidden': 'true' }, ...dots);
    log.append(typing);
    setTimeout(() => {
      typing.replaceWith(bubble(next));
      showLast(log);
    }, TYPING_MS);
  }
  showLast(log);
}

/** @param {HTMLElement} log */
function showLast(log) {
  log.scrollTop = log.scrollHeight;
}
