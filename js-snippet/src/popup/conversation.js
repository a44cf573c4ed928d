import { codeRow, goLink } from './code.js';
import { make } from './element.js';
import { part } from './part.js';

/** @typedef {import('./types.js').Stage} Stage */
/** @typedef {import('./types.js').Popup} Popup */

/**
 * Build the messages of a chat: the shop's text, its coupon, and the answers to choose from.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function conversation(popup, stage) {
  const { follow_up, replies = [], text } = popup;
  const choices = make('div', { class: 'replies' });
  const log = logOf(
    popup,
    text && bubble(text),
    popup.coupon && ticket(popup, stage),
    replies[0] && choices,
  );
  replies.forEach((reply, index) => {
    const choose = () => {
      stage.report('chat_message', { text: reply.text });
      if (reply.start) {
        stage.report('popup_submit', { fields: { step: 'start', choice: `${index}` } });
        stage.vanish();
      } else {
        choices.inert = true;
        part('presses', ({ answer }) =>
          answer(log, choices, reply.text, reply.follow_up || follow_up),
        );
      }
    };
    choices.append(make('button', { type: 'button', click: choose }, reply.text));
  });
  return log;
}

/** @param {Popup} popup @param {...(Node | string | false | undefined)} children */
export function logOf({ labels }, ...children) {
  return make(
    'div',
    { class: 'log', role: 'log', tabindex: '0', 'aria-label': labels.chat },
    ...children,
  );
}

/** @param {string} words @param {string} [look] */
export function bubble(words, look = 'bubble') {
  return make('p', { class: look }, words);
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
