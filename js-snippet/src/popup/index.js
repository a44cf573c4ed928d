import { chat } from './chat.js';
import { coupon } from './coupon.js';
import { make } from './element.js';
import { whenPainted } from './painted.js';
import { whenQuiet } from './quiet.js';
import { css } from './style.js';

/**
 * @typedef {{ code: string, value?: string }} Coupon
 * @typedef {{ close: string, copy: string, copied: string, chat: string }} Labels
 * @typedef {{ text: string, follow_up?: string }} Reply
 * @typedef {{
 *   kind: string, lang: string, dir: string, labels: Labels,
 *   title?: string, text?: string, coupon?: Coupon,
 *   replies?: Reply[], follow_up?: string, button?: { text: string, url?: string },
 * }} Popup plain text throughout, in the shopper's language; "\n" breaks a line
 * @typedef {(name: string, data: Record<string, string>) => void} Report
 * @typedef {{
 *   labels: Labels, report: Report,
 *   dismiss: () => void, leave: () => void, say: (words: string) => void,
 * }} Stage what a kind may do: `dismiss` is the shopper's act and reported, `leave` only removes
 */

/** A site's rule may name kinds that a page's older renderer does not know. */
const kinds = { __proto__: null, chat, coupon };

/**
 * Show a popup as soon as the shopper is not busy; it stays until it is closed.
 *
 * Reports `popup_view` once, when painted in a visible tab; `popup_close` once, when the shopper closed it;
 * `popup_copy`, `popup_click` and `chat_message` as they happen.
 *
 * @param {Popup} popup
 * @param {Report} report
 * @param {Element} [root] where the popup's host element goes
 * @returns {{ close(): void } | null} null if the kind is unknown
 */
export function open(popup, report, root = document.documentElement) {
  const kind = /** @type {any} */ (kinds)[popup.kind];
  if (!kind) return null;
  let close = () => {};
  const giveUp = whenQuiet(() => {
    close = show(kind, popup, report, root);
  });
  return {
    close() {
      giveUp();
      close();
    },
  };
}

/**
 * @param {typeof chat | typeof coupon} kind
 * @param {Popup} popup
 * @param {Report} report
 * @param {Element} root
 */
function show(kind, popup, report, root) {
  const status = make('p', { class: 'said', role: 'status' });
  const say = (/** @type {string} */ words) => {
    status.textContent = words;
  };
  const leave = () => {
    unseen();
    lower();
    host.remove();
  };
  const dismiss = () => {
    if (!host.isConnected) return;
    leave();
    report('popup_close', {});
  };
  const stage = { labels: popup.labels, report, dismiss, leave, say };
  const { panel, words, raise, lower } = kind(popup, stage);
  panel.append(status);
  const host = hostOf(panel, popup);
  root.append(host);
  raise();
  const unseen = whenPainted(() => {
    report('popup_view', {});
    say(words);
  });
  return leave;
}

/**
 * Wrap the panel in an element whose shadow root keeps the page's styles out and ours in.
 *
 * An adopted sheet is not subject to the page's style-src.
 *
 * @param {Element} panel
 * @param {Popup} popup
 */
function hostOf(panel, { lang, dir }) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const host = Object.assign(document.createElement('shopbell-root'), { lang, dir });
  const shadow = host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(panel);
  return host;
}
