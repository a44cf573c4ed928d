/** A press that leaves a field also means the button under it: the click comes first, then the popup. */
const SETTLE_MS = 500;

/**
 * Say whether text goes where the focus is.
 *
 * A frame may hold the fields of a payment form, so it counts. A number field does not: the arrows of
 * a cart's quantity leave the focus in it long after the change.
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

function focusedElement() {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}

/**
 * Say whether the shopper is busy: away, typing, in another popup, a modal dialog or a full-screen view.
 *
 * `:modal` holds for both of the last two; themes that build dialogs of their own mark them with aria-modal.
 */
function isBusy() {
  return (
    document.hidden ||
    takesText(focusedElement()) ||
    document.querySelector('shopbell-root:not([data-kind=bar]),:modal') ||
    [...document.querySelectorAll('[aria-modal=true]')].some((dialog) =>
      dialog.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }),
    )
  );
}

/**
 * Act once the shopper is not busy: at once, or when what keeps them busy has ended.
 *
 * @param {() => void} act
 * @returns {() => void} call it to give up waiting
 */
export function whenQuiet(act) {
  let timer = 0;
  const waiting = new AbortController();
  const later = () => {
    timer ||= window.setTimeout(look, SETTLE_MS);
  };
  const changes = new MutationObserver(later);
  const stop = () => {
    waiting.abort();
    changes.disconnect();
    clearTimeout(timer);
  };
  function look() {
    timer = 0;
    if (isBusy()) return;
    stop();
    act();
  }
  for (const end of ['visibilitychange', 'focusout', 'transitionend', 'fullscreenchange'])
    document.addEventListener(end, later, { capture: true, signal: waiting.signal });
  changes.observe(document, { subtree: true, childList: true, attributes: true });
  look();
  return stop;
}
