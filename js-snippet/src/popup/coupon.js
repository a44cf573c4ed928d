import { offer } from './code.js';
import { make } from './element.js';
import { modal } from './modal.js';

/** @typedef {import('./types.js').Stage} Stage */
/** @typedef {import('./types.js').Popup} Popup */

/**
 * Build the coupon: a ticket in a modal dialog.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function coupon(popup, stage) {
  return modal(popup, stage, top(popup), make('div', { class: 'stub' }, ...offer(popup, stage)));
}

/** @param {Popup} popup */
function top({ coupon, text, title }) {
  return make(
    'div',
    { class: 'top' },
    make(
      'h2',
      { id: 'title', tabindex: '-1', autofocus: '' },
      coupon?.value && make('b', {}, coupon.value),
      title,
    ),
    text && make('p', { id: 'text' }, text),
  );
}
