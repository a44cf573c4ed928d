import { icon, make } from './element.js';

/** @typedef {import('./index.js').Stage} Stage */
/** @typedef {import('./index.js').Coupon} Coupon */

/** How long the button says that the code is copied. */
const COPIED_MS = 2500;

/**
 * Show a coupon's code with a button that copies it.
 *
 * Both of the button's labels stay in the layout, so nothing moves when they change places.
 *
 * @param {Coupon} coupon
 * @param {Stage} stage
 */
export function codeRow(coupon, { labels, report, say }) {
  const button = make(
    'button',
    { class: 'copy', type: 'button', click: copy },
    make('span', {}, icon('M9 9h11v11H9zM5 15H4V4h11v1'), labels.copy),
    make('span', {}, icon('M5 12.5l5 5 9-11'), labels.copied),
  );
  const row = make(
    'div',
    { class: 'code' },
    // A bdi keeps the code in its own direction without moving it to the other side.
    make('strong', { translate: 'no' }, make('bdi', {}, coupon.code)),
    button,
  );

  async function copy() {
    try {
      await navigator.clipboard.writeText(coupon.code);
    } catch {
      // No clipboard without https, or not allowed in this frame: copy a selected field instead.
      const field = make('input', { class: 'said', readonly: '' });
      field.value = coupon.code;
      row.append(field);
      field.select();
      const copied = document.execCommand('copy');
      field.remove();
      button.focus({ preventScroll: true });
      if (!copied) return;
    }
    report('popup_copy', {});
    say(labels.copied);
    button.classList.add('done');
    setTimeout(() => button.classList.remove('done'), COPIED_MS);
  }

  return row;
}
