import { codeRow } from './code.js';
import { closeButton, make } from './element.js';
import { safeLink } from './link.js';

/** @typedef {import('./index.js').Stage} Stage */
/** @typedef {import('./index.js').Popup} Popup */

/**
 * Build the coupon: a ticket in a modal dialog.
 *
 * The browser's own dialog keeps the focus inside, closes on ESC and returns the focus without scrolling.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function coupon(popup, stage) {
  const panel = make(
    'dialog',
    {
      class: 'panel coupon',
      'aria-labelledby': 'title',
      ...(popup.text && { 'aria-describedby': 'text' }),
      close: stage.dismiss,
    },
    closeButton(popup.labels.close, stage.dismiss),
    top(popup),
    stub(popup, stage),
  );
  onBackdrop(panel, stage.dismiss);
  return { panel, words: '', raise: () => panel.showModal(), lower: () => panel.close() };
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

/** @param {Popup} popup @param {Stage} stage */
function stub({ button, coupon }, stage) {
  return make(
    'div',
    { class: 'stub' },
    coupon && codeRow(coupon, stage),
    button && go(button, stage),
  );
}

/**
 * A link, or where it may lead nowhere a button: either takes the offer, and the popup goes.
 *
 * @param {NonNullable<Popup['button']>} button
 * @param {Stage} stage
 */
function go({ text, url }, stage) {
  const href = safeLink(url, document.baseURI);
  const click = () => {
    stage.report('popup_click', {});
    stage.leave();
  };
  return href
    ? make('a', { class: 'go', href, rel: 'noopener', click }, text)
    : make('button', { class: 'go', type: 'button', click }, text);
}

/**
 * Act on a whole press on the backdrop; one that began inside the dialog selects text.
 *
 * @param {HTMLDialogElement} dialog
 * @param {() => void} act
 */
function onBackdrop(dialog, act) {
  /** @type {EventTarget | null} */
  let pressed = null;
  dialog.addEventListener('pointerdown', ({ target }) => {
    pressed = target;
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog && pressed === dialog) act();
  });
}
