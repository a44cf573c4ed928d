import { icon, make } from './element.js';
import { safeLink } from './link.js';
import { part } from './part.js';

/** @typedef {import('./types.js').Stage} Stage */
/** @typedef {import('./types.js').Popup} Popup */
/** @typedef {import('./types.js').Coupon} Coupon */
/** @typedef {import('./types.js').Button} Button */

/**
 * Show a coupon's code with a button that copies it.
 *
 * Both of the button's labels stay in the layout, so nothing moves when they change places.
 *
 * @param {Coupon} coupon
 * @param {Stage} stage
 */
export function codeRow(coupon, { labels, report, tell }) {
  const click = () => part('presses', ({ copy }) => copy(coupon.code, code, button, copied));
  const button = make(
    'button',
    { class: 'copy', type: 'button', click },
    make('span', {}, icon('M9 9h11v11H9zM5 15H4V4h11v1'), labels.copy),
    make('span', {}, icon('M5 12.5l5 5 9-11'), labels.copied),
  );
  // A bdi keeps the code in its own direction without moving it to the other side.
  const code = make('strong', { translate: 'no' }, make('bdi', {}, coupon.code));

  const copied = () => {
    report('popup_copy', {});
    tell(labels.copied ?? '');
  };
  return make('div', { class: 'code' }, code, button);
}

/**
 * A link, or where it may lead nowhere a button: either takes the offer, and the popup goes.
 *
 * @param {Button} button
 * @param {Stage} stage
 */
export function goLink({ start, text, url }, { report, vanish }) {
  const href = safeLink(url, document.baseURI);
  const click = () => {
    report('popup_click', {});
    if (start) report('popup_submit', { fields: { step: 'button', choice: '0' } });
    vanish();
  };
  return href
    ? make('a', { class: 'go', href, rel: 'noopener', click }, text)
    : make('button', { class: 'go', type: 'button', click }, text);
}

/**
 * What an offer comes down to: the code, how long it is good, and the way to use it.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 * @returns {Node[]}
 */
export function offer(popup, stage) {
  const { coupon } = popup;
  const button = /** @type {Button | undefined} */ (popup.button);
  const url = coupon?.apply ?? button?.url;
  const text = button?.text ?? (coupon?.apply && stage.labels.apply);
  const parts = [
    coupon && codeRow(coupon, stage),
    coupon && stage.ends?.(popup, stage),
    text && goLink({ ...button, text, url }, stage),
  ];
  return /** @type {Node[]} */ (parts.filter(Boolean));
}
