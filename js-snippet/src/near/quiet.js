/** When a popup disturbs nobody: it waits for the end of what the shopper is doing, and the reason is told. */

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
export const takesText = (focused) =>
  !!focused?.isContentEditable ||
  /^(textarea|iframe|input (text|search|email|url|tel|password)) /.test(
    `${focused?.localName} ${focused?.type} `,
  );

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

/**
 * @param {Pick<import('../types.js').NearPorts, 'window' | 'now' | 'on'> & {
 *   part: (name: 'patience', use: (code: typeof import('./patience.js')) => void, failed: () => void) => void,
 * }} ports part: fetches what waits
 */
export function keepQuiet({ window, now, on, part }) {
  const { document } = window;
  // a field that has the focus by now was perhaps typed into a moment ago
  let touchedMs = now();
  on(document, 'keydown input focusin', () => {
    touchedMs = now();
  });
  const restMs = () => touchedMs + TYPING_MS - now();

  const isTyping = () => {
    const focused = focusedElement(document);
    // nobody hears the keys in a frame, and it may hold the fields of a payment form
    return takesText(focused) && (focused?.localName === 'iframe' || restMs() > 0);
  };

  /** What keeps the shopper busy. @returns {'hidden' | 'typing' | 'dialog' | ''} */
  const busy = () => {
    if (document.hidden) return 'hidden';
    if (isTyping()) return 'typing';
    return [...document.querySelectorAll(DIALOGS)].some(isSeen) ? 'dialog' : '';
  };

  /**
   * Act once the shopper is not busy: at once, or when what keeps them busy has ended.
   *
   * @param {() => void} act @param {(reason: string) => void} held hears what it waits for, perhaps several times
   * @param {() => void} failed hears that nothing is there to wait with
   * @returns {() => void} call it to give up waiting
   */
  return (act, held, failed) => {
    let over = false;
    let stop = () => {
      over = true;
    };
    if (busy()) {
      part(
        'patience',
        ({ wait }) => {
          if (!over) stop = wait(window, busy, restMs, act, held);
        },
        failed,
      );
    } else act();
    return () => stop();
  };
}
