import { safeLink } from '../link.js';
import { css } from './image.style.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */

/**
 * Build the picture: where it has an address, all of it is a link.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { leave, make, modal, report, vary } = stage;
  const { alt = '', height, src, width } = /** @type {any} */ (popup.image);
  vary('wide', `${width}px`);
  vary('ratio', width / height);
  const picture = make('img', {
    src: safeLink(src, document.baseURI),
    alt,
    width: `${width}`,
    height: `${height}`,
    decoding: 'async',
  });
  const href = safeLink(popup.url, document.baseURI);
  const click = () => {
    report('popup_click', {});
    leave();
  };
  const name = make('h2', { id: 'title', class: popup.title ? '' : 'said' }, popup.title || alt);
  const look = { class: `picture ${popup.title ? 'titled' : ''}` };
  const shown = href
    ? make('a', { ...look, href, rel: 'noopener', click }, name, picture)
    : make('div', look, name, picture);
  return { ...modal(popup, stage, shown), css };
}
