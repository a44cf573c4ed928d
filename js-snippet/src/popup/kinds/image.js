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
  const { make, modal, report, vanish, vary } = stage;
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
    vanish();
  };
  const headline = popup.title && make('h2', { id: 'title' }, popup.title);
  const look = { class: `picture ${headline ? 'titled' : ''}` };
  const shown = href
    ? make('a', { ...look, href, rel: 'noopener', click }, headline, picture)
    : make('div', look, headline, picture);
  // The picture's own words name the dialog; in the link they would be read twice.
  const name = !headline && make('h2', { id: 'title', class: 'said' }, alt);
  return { ...modal(popup, stage, name, shown), css };
}
