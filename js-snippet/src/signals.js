/** Signals of the shopper's hands: leaving the window, scrolling, copying. */
import { on, safely } from './safe.js';

/** Scrolled up so far in so short a time, a thumb is on its way to the address bar. */
const FLING_PX = 400;
const FLING_MS = 400;

/**
 * Tells fast upward scrolling from the rest.
 *
 * @returns {(y: number, nowMs: number) => boolean}
 */
export function flings() {
  let fromY = 0;
  let fromMs = 0;
  return (y, nowMs) => {
    if (y >= fromY || nowMs - fromMs > FLING_MS) {
      fromY = y;
      fromMs = nowMs;
    }
    return fromY - y >= FLING_PX;
  };
}

/** @param {Window} window @returns {number} how far down the page may be seen, in whole percent */
function depth(window) {
  const { scrollHeight } = window.document.documentElement;
  return Math.min(100, Math.floor((100 * (window.scrollY + window.innerHeight)) / scrollHeight));
}

/**
 * @param {Window} window @param {import('./moments.js').Moments} moments
 * @param {() => number} now @param {boolean} coarse whether the shopper has no mouse
 * @returns {() => void} measures the scroll depth in the next frame
 */
export function listenForSignals(window, moments, now, coarse) {
  const { document } = window;
  const flung = flings();
  let asked = false;
  const measure = safely(() => {
    asked = false;
    if (coarse && flung(window.scrollY, now())) moments.signal('exit_intent');
    if (moments.armed('scroll')) moments.scrolled(depth(window));
  });
  // only a frame may read the layout: elsewhere the browser would have to compute it first
  const ask = () => {
    if (asked || !(moments.armed('scroll') || moments.armed('exit_intent'))) return;
    asked = true;
    window.requestAnimationFrame(measure);
  };
  on(window, 'scroll', ask);
  on(document, 'mouseout', (/** @type {MouseEvent} */ { relatedTarget, clientY }) => {
    if (!coarse && !relatedTarget && clientY <= 0) moments.signal('exit_intent');
  });
  on(document, 'copy', ({ target }) => {
    // a code copied from a popup of ours is no interest in the shop's texts
    if (/** @type {Element} */ (target).localName !== 'shopbell-root') moments.signal('copy');
  });
  return ask;
}
