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
  const { button, coupon: offer, labels, title, text } = popup;
  const link = safeLink(button?.url, document.baseURI);
  const panel = make(
    'dialog',
    {
      class: 'panel coupon',
      'aria-labelledby': 'title',
      ...(text && { 'aria-describedby': 'text' }),
      close: stage.dismiss,
      pointerdown: (event) => {
        pressed = event.target;
      },
      // A selection that began inside may end on the backdrop; only a whole press there closes.
      click: (event) => {
        if (event.target === panel && pressed === panel) stage.dismiss();
      },
    },
    closeButton(labels.close, stage.dismiss),
    make(
      'div',
      { class: 'top' },
      make(
        'h2',
        { id: 'title', tabindex: '-1', autofocus: '' },
        offer?.value && make('b', {}, offer.value),
        title,
      ),
      text && make('p', { id: 'text' }, text),
    ),
    make('div', { class: 'stub' }, offer && codeRow(offer, stage), button && goButton(button.text)),
  );
  /** @type {EventTarget | null} */
  let pressed = null;

  /** @param {string} words */
  function goButton(words) {
    return link
      ? make('a', { class: 'go', href: link, rel: 'noopener', click: go }, words)
      : make('button', { class: 'go', type: 'button', click: go }, words);
  }

  function go() {
    stage.report('popup_click', {});
    stage.leave();
  }

  return { panel, words: '', raise: () => panel.showModal(), lower: () => panel.close() };
}
