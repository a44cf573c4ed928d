import { chat } from './chat.js';
import { codeRow, goLink, offer } from './code.js';
import { ticket } from './conversation.js';
import { corner } from './corner.js';
import { coupon } from './coupon.js';
import { closeButton, icon, make } from './element.js';
import { modal } from './modal.js';
import { whenPainted } from './painted.js';
import { fetchPart, part } from './part.js';
import { css } from './style.js';

/**
 * @typedef {import('./types.js').Popup} Popup
 * @typedef {import('./types.js').Report} Report
 * @typedef {import('./types.js').Stage} Stage
 * @typedef {import('./types.js').Built} Built
 */

/** The kinds that come with the renderer; any other is a chunk of its own. */
const kinds = { __proto__: null, chat, coupon };

/** What a chunk needs of the renderer: it is built apart, and imports nothing. Names are only ever added. */
const kit = { make, icon, closeButton, codeRow, goLink, offer, ticket, modal, corner, chat };

/**
 * Fetch what the popup needs beyond this file: its kind, a scripted chat, the clock of a coupon that expires.
 *
 * @param {Popup} popup
 * @returns {Promise<any[]>} the modules of the kind, or undefined, and of the clock, or undefined
 */
function chunksOf({ coupon, kind, steps }) {
  const needs = [
    steps ? 'flow' : !(kind in kinds) && kind,
    // A coupon that never expires has no such number: it is not more than -1.
    /** @type {any} */ (coupon)?.expires_ms > -1 && 'countdown',
  ];
  return Promise.all(needs.map((name) => name && fetchPart(name)));
}

/**
 * Show a popup once the page is calm; it stays until it is closed.
 *
 * Reports `popup_view` once, when painted in a visible tab; `popup_close` once, when the shopper closed it;
 * `popup_copy`, `popup_click`, `popup_submit` and `chat_message` as they happen.
 *
 * @param {Popup} popup
 * @param {Report} report
 * @param {Element} [root] where the popup's host element goes
 * @param {() => void} [gone] hears when the popup has left the screen, for whatever reason, or cannot come
 * @param {(act: () => void) => (() => void) | void} [calm] acts when nobody is disturbed; what it returns gives up
 * @param {() => object | undefined} [cart] the cart told last
 * @returns {{ close(): void, update(cart: object): void }}
 */
export function open(
  popup,
  report,
  root = document.documentElement,
  gone = () => {},
  calm = (act) => act(),
  cart = () => undefined,
) {
  let closed = false;
  /** @type {(() => void) | void} */
  let giveUp;
  /** @type {ReturnType<typeof show> | undefined} */
  let shown;
  chunksOf(popup)
    .then(([chunk, clock]) => {
      if (closed) return;
      giveUp = calm(() => {
        const kind = chunk ? chunk.build : /** @type {any} */ (kinds)[popup.kind];
        shown = show(kind, popup, { report, gone, clock }, root);
        const told = cart();
        if (told) shown.update?.(told);
      });
    })
    // A site's rule may name a kind that is not there for this renderer.
    .catch(gone);
  return {
    close() {
      closed = true;
      giveUp?.();
      shown?.vanish();
    },
    update: (now) => shown?.update?.(now),
  };
}

/**
 * @param {(popup: Popup, stage: Stage) => Built} kind
 * @param {Popup} popup
 * @param {{ report: Report, gone: () => void, clock: any }} ports
 * @param {Element} root
 */
function show(kind, popup, { report, gone, clock }, root) {
  const { dir, lang, theme = {} } = popup;
  const host = make(/** @type {'div'} */ ('shopbell-root'), {
    lang,
    dir,
    'data-kind': popup.kind,
  });
  const vary = (/** @type {string} */ name, /** @type {any} */ value) =>
    host.style.setProperty(`--${name}`, value);
  const vanish = () => {
    unseen();
    unraise();
    host.remove();
    gone();
  };
  const dismiss = () => {
    if (!host.isConnected) return;
    report('popup_close', {});
    vanish();
  };
  const stage = {
    ...kit,
    labels: popup.labels,
    report,
    dismiss,
    vanish,
    tell: (/** @type {string} */ words) =>
      part('presses', ({ announce }) => announce(panel, words)),
    vary,
    ends: clock?.ends,
  };
  const { panel, words, raise, unraise, update, css: more = '' } = kind(popup, stage);
  for (const [name, value] of Object.entries(theme))
    vary(`shopbell-${name.replace('_', '-')}`, value);
  panel.classList.add(`side-${theme.side}`, `dark-${theme.dark}`);
  // An adopted sheet is not subject to the page's style-src.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css + (clock?.css ?? '') + more);
  // The shadow root keeps the page's styles out and ours in.
  const shadow = host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(panel);
  root.append(host);
  raise();
  const unseen = whenPainted(() => {
    report('popup_view', {});
    part('presses', ({ follow }) => follow(panel, dismiss, words));
  });
  return { vanish, update };
}
