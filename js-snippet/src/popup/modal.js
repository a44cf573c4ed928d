import { closeButton, make } from './element.js';

/** @typedef {import('./types.js').Popup} Popup */
/** @typedef {import('./types.js').Stage} Stage */

/**
 * Build a modal dialog around what a kind shows; its heading has the id `title`, its text `text`.
 *
 * The browser's own dialog keeps the focus inside, closes on ESC and returns the focus without scrolling.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {...(Node | string | false | undefined)} children
 */
export function modal(popup, stage, ...children) {
  const panel = make(
    'dialog',
    {
      class: `panel modal ${popup.kind}`,
      'aria-labelledby': 'title',
      ...(popup.text && { 'aria-describedby': 'text' }),
      close: stage.dismiss,
    },
    closeButton(popup.labels.close, stage.dismiss),
    ...children,
  );
  return { panel, words: '', raise: () => panel.showModal(), unraise: () => panel.close() };
}
