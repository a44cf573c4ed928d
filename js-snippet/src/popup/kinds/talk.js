/** How a conversation goes on. */

import { bubble } from '../conversation.js';
import { make } from '../element.js';

/** How long the shop "types" before its next message. */
const TYPING_MS = 900;

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
