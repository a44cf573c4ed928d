import { codeRow, goLink } from './code.js';
import { make } from './element.js';

/** @typedef {import('./types.js').Stage} Stage */
/** @typedef {import('./types.js').Popup} Popup */

/** How long the shop "types" before its next message. */
const TYPING_MS = 900;

/**
 * Build the messages of a chat: the shop's text, its coupon, and the answers to choose from.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function conversation(popup, stage) {
  const { follow_up, replies = [], text } = popup;
  const log = logOf(popup);
  log.append(
    ...[text && bubble(text), popup.coupon && ticket(popup, stage)].filter((part) => !!part),
  );
  const choices = make('div', { class: 'replies' });
  replies.forEach((reply, index) => {
    const choose = () => {
      stage.report('chat_message', { text: reply.text });
      if (reply.start) {
        stage.report('popup_submit', { fields: { step: 'start', choice: `${index}` } });
        stage.leave();
      } else answer(log, choices, reply.text, reply.follow_up || follow_up);
    };
    choices.append(make('button', { type: 'button', click: choose }, reply.text));
  });
  if (replies.length > 0) log.append(choices);
  return log;
}

/** @param {Popup} popup */
export function logOf({ labels }) {
  return make('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': labels.chat });
}

/** @param {string} words @param {string} [by] */
export function bubble(words, by = '') {
  return make('p', { class: `bubble ${by}` }, words);
}

/** @param {Popup} popup with a coupon @param {Stage} stage */
export function ticket(popup, stage) {
  const coupon = /** @type {import('./types.js').Coupon} */ (popup.coupon);
  const { apply: url, value } = coupon;
  return make(
    'div',
    { class: 'ticket' },
    value && make('b', {}, value),
    make(
      'div',
      {},
      codeRow(coupon, stage),
      stage.ends?.(popup, stage),
      url && goLink({ text: stage.labels.apply ?? '', url }, stage),
    ),
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
  if (next) type(log, next);
  showLast(log);
}

/**
 * Let the shop type a message, and then say it.
 *
 * @param {HTMLElement} log
 * @param {string} words
 */
export function type(log, words) {
  const dots = [make('i'), make('i'), make('i')];
  const typing = make('p', { class: 'bubble typing', 'aria-hidden': 'true' }, ...dots);
  log.append(typing);
  setTimeout(() => {
    typing.replaceWith(bubble(words));
    showLast(log);
  }, TYPING_MS);
}

/** @param {HTMLElement} log */
export function showLast(log) {
  log.scrollTop = log.scrollHeight;
}
