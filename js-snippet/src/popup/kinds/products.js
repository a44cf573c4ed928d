import { safeLink } from '../link.js';
import { css } from './products.style.js';
import { css as sheet } from './sheet.style.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */
/** @typedef {import('../types.js').Product} Product */

const BAG = 'M6 8h12l1 12H5zM9 8V7a3 3 0 0 1 6 0v1';
const NEXT = 'M9 6l6 6-6 6';
const PREVIOUS = 'M15 6l-6 6 6 6';
/** So many cards stand beside each other in the widest dialog. */
const IN_A_ROW = 4;
const CARD_PX = 188;
const EDGES_PX = 48;

/**
 * Build the cards of products: as wide as they need, and no wider than four of them.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { make, modal, vary } = stage;
  const { products = [], text, title } = popup;
  const row = make('ul', {}, ...products.map((product) => make('li', {}, card(product, stage))));
  const columns = Math.max(2, Math.min(products.length, IN_A_ROW));
  vary('wide', `${columns * CARD_PX + EDGES_PX}px`);
  const head = make(
    'div',
    { class: 'head' },
    make(
      'div',
      {},
      make('h2', { id: 'title', tabindex: '-1', autofocus: '' }, title),
      text && make('p', { id: 'text', class: 'lead' }, text),
    ),
    ...(products.length > IN_A_ROW ? turns(row, stage) : []),
  );
  return {
    ...modal(popup, stage, make('div', { class: 'sheet' }, head, row)),
    css: sheet + css,
  };
}

/**
 * The buttons that turn a row which is longer than the dialog is wide.
 *
 * @param {HTMLElement} row
 * @param {Stage} stage
 */
function turns(row, { icon, labels, make }) {
  return [-1, 1].map((way) => {
    const click = () => {
      const rtl = row.matches(':dir(rtl)') ? -1 : 1;
      row.scrollBy({ left: way * rtl * row.clientWidth * 0.8 });
    };
    const label = way < 0 ? labels.previous : labels.next;
    return make(
      'button',
      { class: 'turn', type: 'button', 'aria-label': label, click },
      icon(way < 0 ? PREVIOUS : NEXT),
    );
  });
}

/** @param {Product} product @param {Stage} stage */
function card({ image, name, price, url }, { icon, make, report, vanish }) {
  const src = safeLink(image, document.baseURI);
  const click = () => {
    report('popup_click', {});
    vanish();
  };
  const picture =
    src &&
    make('img', {
      src,
      alt: '',
      width: '172',
      height: '172',
      decoding: 'async',
      // A picture that does not come leaves the drawing below it.
      error: ({ target }) => target.remove(),
    });
  return make(
    'a',
    { class: 'card', href: safeLink(url, document.baseURI), rel: 'noopener', click },
    make('span', { class: 'shot' }, icon(BAG), picture),
    make('span', { class: 'name' }, name),
    price && make('span', { class: 'price' }, price),
  );
}
