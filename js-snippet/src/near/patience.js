/** The wait for the end of what keeps a shopper busy. Fetched when a popup comes at such a moment. */

/** A press that leaves a field also means the button under it: the click comes first, then the popup. */
const SETTLE_MS = 500;

/**
 * Looks whenever something may have ended, until nothing keeps the shopper busy.
 *
 * @param {Window} window
 * @param {() => string} busy why the shopper is busy, or ''
 * @param {() => number} restMs how long they have to leave their field alone to count as no longer typing
 * @param {() => void} act @param {(reason: string) => void} held hears what it waits for, perhaps several times
 * @returns {() => void} call it to give up waiting
 */
export function wait(window, busy, restMs, act, held) {
  const { document } = window;
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
    const reason = busy();
    if (!reason) {
      stop();
      act();
      return;
    }
    held(reason);
    // the end of typing is that nothing happens
    if (reason === 'typing') rest = window.setTimeout(look, Math.max(SETTLE_MS, restMs()));
  }
  const events = ['visibilitychange', 'focusout', 'transitionend', 'fullscreenchange', 'toggle'];
  for (const end of events)
    document.addEventListener(end, later, { capture: true, signal: waiting.signal });
  changes.observe(document, { subtree: true, childList: true, attributes: true });
  look();
  return stop;
}
