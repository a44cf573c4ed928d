/** Signals of the shopper's hands: leaving the window, scrolling, copying. */
import { on, safely } from '../safe.js';

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

/**
 * Returns how far the page is scrolled, in whole percent of the way there is. A page that
 * fits the window is not scrolled.
 *
 * @param {Window} window
 */
function depth({ document, innerHeight, scrollY }) {
  // a page that is pulled over its end springs back
  return Math.min(
    100,
    Math.round((100 * scrollY) / Math.max(1, document.documentElement.scrollHeight - innerHeight)),
  );
}

/**
 * Listens from now on.
 *
 * @param {Window} window @param {() => number} now
 * @param {(name: 'scroll' | import('./armed.js').Signal) => unknown} armed whether the engine waits for it
 * @param {(name: import('./armed.js').Signal) => void} signal
 * @param {(percent: number) => void} scrolled
 * @returns {() => void} measures the depth although nobody scrolls: it was armed just now
 */
export function sense(window, now, armed, signal, scrolled) {
  const { document } = window;
  const flung = flings();
  let asked = false;
  const measure = safely(() => {
    asked = false;
    if (flung(window.scrollY, now()) && window.matchMedia('(pointer:coarse)').matches) {
      signal('exit_intent');
    }
    if (armed('scroll')) scrolled(depth(window));
  });

  /** Measures in the next frame: elsewhere, the browser would have to compute the layout first. */
  const measureSoon = () => {
    if (asked || !(armed('scroll') || armed('exit_intent'))) return;
    asked = true;
    window.requestAnimationFrame(measure);
  };

  on(window, 'scroll', measureSoon);
  on(document, 'mouseout', (/** @type {MouseEvent} */ { relatedTarget, clientY }) => {
    if (!relatedTarget && clientY <= 0) signal('exit_intent');
  });
  on(document, 'copy', ({ target }) => {
    // a code copied from a popup of ours is no interest in the shop's texts
    if (/** @type {Element} */ (target).localName !== 'shopbell-root') signal('copy');
  });
  return measureSoon;
}
