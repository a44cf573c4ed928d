import { codeRow } from './code.js';
import { closeButton, icon, make } from './element.js';

/** @typedef {import('./index.js').Stage} Stage */
/** @typedef {import('./index.js').Popup} Popup */
/** @typedef {import('./index.js').Reply} Reply */

/** How long the shop "types" before its next message. */
const TYPING_MS = 900;

/**
 * Build the chat: a card beside the page that never takes the focus.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function chat(popup, stage) {
  const { coupon, labels, replies = [], text = '' } = popup;
  const shop =
    document.querySelector('meta[property="og:site_name"]')?.getAttribute('content')?.trim() || '';
  const name = popup.title || shop || labels.chat;
  const choices = make(
    'div',
    { class: 'replies' },
    ...replies.map((reply) =>
      make('button', { type: 'button', click: () => answer(reply) }, reply.text),
    ),
  );
  const log = make(
    'div',
    { class: 'log', role: 'log', tabindex: '0', 'aria-label': name },
    text && bubble(text),
    coupon &&
      make(
        'div',
        { class: 'ticket' },
        coupon.value && make('b', {}, coupon.value),
        codeRow(coupon, stage),
      ),
    replies.length > 0 && choices,
  );

  /** @param {string} said @param {string} [by] */
  function bubble(said, by = '') {
    return make('p', { class: `bubble ${by}` }, said);
  }

  /** @param {Reply} reply */
  function answer(reply) {
    // From here on the card keeps its height: new messages scroll, what is being read does not jump.
    log.style.blockSize = `${log.offsetHeight}px`;
    log.focus({ preventScroll: true });
    choices.replaceWith(bubble(reply.text, 'own'));
    stage.report('chat_message', { text: reply.text });
    const next = reply.follow_up || popup.follow_up;
    if (next) {
      const typing = make(
        'p',
        { class: 'bubble typing', 'aria-hidden': 'true' },
        make('i'),
        make('i'),
        make('i'),
      );
      log.append(typing);
      setTimeout(() => {
        typing.replaceWith(bubble(next));
        showLast();
      }, TYPING_MS);
    }
    showLast();
  }

  function showLast() {
    log.scrollTop = log.scrollHeight;
  }

  const panel = make(
    'section',
    {
      class: 'panel chat',
      popover: 'manual',
      'aria-label': name,
      focusin: remember,
      keydown: (event) => {
        if (event.key === 'Escape') stage.dismiss();
      },
    },
    make(
      'header',
      {},
      make(
        'span',
        { class: 'avatar', 'aria-hidden': 'true' },
        shop ? shop.match(/./u)?.[0] : icon('M18 15v-4a6 6 0 0 0-12 0v4l-2 3h16zM10 21h4'),
      ),
      make('h2', {}, name, shop && shop !== name && make('small', {}, shop)),
      closeButton(labels.close, stage.dismiss),
    ),
    log,
  );

  /** @type {any} */
  let cameFrom = null;
  /** @param {FocusEvent} event */
  function remember(event) {
    if (!panel.contains(/** @type {Node | null} */ (event.relatedTarget)))
      cameFrom = event.relatedTarget;
  }

  return {
    panel,
    words: [popup.title, text, coupon?.value, coupon?.code].filter(Boolean).join('. '),
    // Browsers without popovers get the fixed card with the highest z-index.
    raise: () => panel.showPopover?.(),
    lower: () => {
      if (panel.matches(':focus-within')) cameFrom?.focus({ preventScroll: true });
    },
  };
}
