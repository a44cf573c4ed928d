import { conversation } from './conversation.js';
import { closeButton, icon, make } from './element.js';

/** @typedef {import('./index.js').Stage} Stage */
/** @typedef {import('./index.js').Popup} Popup */

const BELL = 'M18 15v-4a6 6 0 0 0-12 0v4l-2 3h16zM10 21h4';

/**
 * Build the chat: a card beside the page that never takes the focus.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function chat(popup, stage) {
  const { coupon, labels, text, title } = popup;
  const shop = shopName();
  const name = title || shop || labels.chat;
  /** @type {any} the element of the page that the focus came from */
  let cameFrom = null;
  const panel = make(
    'section',
    {
      class: 'panel chat',
      popover: 'manual',
      'aria-label': name,
      focusin: ({ relatedTarget }) => {
        if (!panel.contains(relatedTarget)) cameFrom = relatedTarget;
      },
      keydown: ({ key }) => key === 'Escape' && stage.dismiss(),
    },
    header(name, shop, closeButton(labels.close, stage.dismiss)),
    conversation(popup, stage),
  );
  return {
    panel,
    words: [title, text, coupon?.code].filter(Boolean).join('\n'),
    // A browser without popovers shows the fixed card with the highest z-index.
    raise: () => panel.showPopover?.(),
    lower: () => {
      if (panel.matches(':focus-within')) cameFrom?.focus({ preventScroll: true });
    },
  };
}

/** The shop's name as its own page states it for sharing, or ''. */
function shopName() {
  const stated = document.querySelector('meta[property="og:site_name"]');
  return stated?.getAttribute('content')?.trim() || '';
}

/**
 * @param {string} name
 * @param {string} shop
 * @param {HTMLElement} close
 */
function header(name, shop, close) {
  return make(
    'header',
    {},
    make('span', { class: 'avatar', 'aria-hidden': 'true' }, shop ? [...shop][0] : icon(BELL)),
    make('h2', {}, name, shop && shop !== name && make('small', {}, shop)),
    close,
  );
}
