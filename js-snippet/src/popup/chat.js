import { conversation } from './conversation.js';
import { corner } from './corner.js';
import { closeButton, icon, make } from './element.js';

/** @typedef {import('./types.js').Stage} Stage */
/** @typedef {import('./types.js').Popup} Popup */

const BELL = 'M18 15v-4a6 6 0 0 0-12 0v4l-2 3h16zM10 21h4';

/**
 * Build the chat: a card beside the page that never takes the focus.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {HTMLElement} [log] the conversation, where it is another than the simple one
 */
export function chat(popup, stage, log = conversation(popup, stage)) {
  const { coupon, labels, text, title } = popup;
  const shop = shopName();
  const name = title || shop || labels.chat || '';
  return {
    ...corner('chat', name, stage, header(name, shop, stage), log),
    words: [title, text, coupon?.code].filter(Boolean).join('\n'),
  };
}

/** The shop's name as its own page states it for sharing. */
function shopName() {
  /** @type {HTMLMetaElement | null} */
  const stated = document.querySelector('meta[property="og:site_name"]');
  return stated?.content.trim();
}

/**
 * @param {string} name
 * @param {string | undefined} shop
 * @param {Stage} stage
 */
function header(name, shop, { dismiss, labels }) {
  return make(
    'header',
    {},
    make('span', { class: 'avatar', 'aria-hidden': 'true' }, shop ? [...shop][0] : icon(BELL)),
    make('h2', {}, name, shop && shop !== name && make('small', {}, shop)),
    closeButton(labels.close, dismiss),
  );
}
