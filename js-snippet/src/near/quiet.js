/** When a popup disturbs nobody: it waits for the end of what the shopper is doing, and the reason is told. */
import { bare } from '../safe.js';

/** A press that leaves a field also means the button under it: the click comes first, then the popup. */
const SETTLE_MS = 500;
/** Who has touched a field for so long no more only left the focus there. */
const TYPING_MS = 15_000;

/** Dialogs and menus of the shop's own; a shop's permanent button may be a manual popover. */
const DIALOGS =
  ':is(:modal,dialog[open],[popover]:not([popover=manual]):popover-open,[aria-modal=true])';

/**
 * Say whether text goes where the focus is.
 *
 * A number field does not count: the arrows of a cart's quantity leave the focus in it long after the change.
 *
 * @param {any} focused the focused element, or null
 */
export function takesText(focused) {
  return (
    !!focused &&
    (focused.isContentEditable === true ||
      /^(textarea|iframe)$/.test(focused.localName) ||
      (focused.localName === 'input' &&
        /^(text|search|email|url|tel|password)$/.test(focused.type)))
  );
}

/** @param {Document} document */
function focusedElement(document) {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}

/**
 * Whether it is on the screen: themes keep their dialogs in the page and hide them.
 *
 * @param {Element} dialog
 */
const isSeen = (dialog) =>
  dialog.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ??
  dialog.localName === 'dialog';

/** @param {Window} window @param {() => number} now */
export function keepQuiet(window, now) {
  const { document } = window;
  // a field that has the focus by now was perhaps typed into a moment ago
  let touchedMs = now();
  for (const name of ['keydown', 'input', 'focusin'])
    document.addEventListener(
      name,
      () => {
        touchedMs = now();
      },
      bare({ capture: true, passive: true }),
    );

  const isTyping = () => {
    const focused = focusedElement(document);
    // nobody hears the keys in a frame, and it may hold the fields of a payment form
    return takesText(focused) && (focused?.localName === 'iframe' || now() - touchedMs < TYPING_MS);
  };

  /**
   * What keeps the shopper busy. A popup that may stand beside another one does not wait for it.
   *
   * @param {boolean} beside @returns {'hidden' | 'typing' | 'dialog' | 'popup' | ''}
   */
  const busy = (beside) => {
    if (document.hidden) return 'hidden';
    if (isTyping()) return 'typing';
    if (!beside && document.querySelector('shopbell-root:not([data-kind=bar])')) return 'popup';
    return [...document.querySelectorAll(DIALOGS)].some(isSeen) ? 'dialog' : '';
  };

  /**
   * Act once the shopper is not busy: at once, or when what keeps them busy has ended.
   *
   * @param {() => void} act @param {(reason: string) => void} held hears what it waits for, perhaps several times
   * @param {boolean} [beside] whether it may stand beside another popup
   * @returns {() => void} call it to give up waiting
   */
  return (act, held, beside = false) => {
    /** To the look soon after a change, and to that when the shopper has not typed for long enough. */
    let timer = 0;
    let rest = 0;
    const waiting = new AbortController();
    const later = () => {
      timer ||= window.setTimeout(look, SETTLE_MS);
    };
    const changes = new MutationObserver(later);
    const stop = () => {
      waiting.abort();
      changes.disconnect();
      window.clearTimeout(timer);
      window.clearTimeout(rest);
    };
    function look() {
      window.clearTimeout(timer);
      window.clearTimeout(rest);
      timer = 0;
      const reason = busy(beside);
      if (!reason) {
        stop();
        act();
        return;
      }
      held(reason);
      // the end of typing is that nothing happens
      const restMs = Math.max(SETTLE_MS, touchedMs + TYPING_MS - now());
      if (reason === 'typing') rest = window.setTimeout(look, restMs);
    }
    const events = ['visibilitychange', 'focusout', 'transitionend', 'fullscreenchange', 'toggle'];
    for (const end of events)
      document.addEventListener(end, later, { capture: true, signal: waiting.signal });
    changes.observe(document, { subtree: true, childList: true, attributes: true });
    look();
    return stop;
  };
}
