/** When the page has settled after a change. */
import { safely } from './safe.js';

/** So long without a change, the page is done. */
const QUIET_MS = 150;
/** A page that never stops moving is taken as it is after so long. */
const PATIENCE_MS = 1_000;

/**
 * Watches the document and calls `settled` when it has been left alone for a moment.
 *
 * @param {Document} document @param {() => number} now
 * @param {import('./types.js').After} after @param {() => void} settled
 * @returns {() => void} to be called when something else says that the page changes
 */
export function onSettled(document, now, after, settled) {
  let firstMs = 0;
  /** @type {import('./types.js').Cancel | undefined} */
  let cancel;
  const moved = () => {
    const nowMs = now();
    firstMs ||= nowMs;
    cancel?.();
    cancel = after(Math.min(QUIET_MS, Math.max(0, firstMs + PATIENCE_MS - nowMs)), () => {
      firstMs = 0;
      settled();
    });
  };
  new MutationObserver(safely(moved)).observe(document, { childList: true, subtree: true });
  return moved;
}
