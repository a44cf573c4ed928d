/** One document's story: the pages it shows, and what is told of them. */
import { statements } from './jsonld.js';
import { pathOf, readPage } from './page.js';
import { safely } from './safe.js';

/** A route that is replaced sooner was a redirect: nobody saw it. */
const SEEN_MS = 150;

/** @typedef {ReturnType<typeof followPages>} Visit */

/**
 * @param {{
 *   document: Document,
 *   location: Location,
 *   now: () => number,
 *   queue: import('./queue.js').Queue,
 *   send: (frame: object) => void,
 *   moments: import('./moments.js').Moments,
 *   carts: import('./cart.js').Carts,
 * }} ports
 */
export function followPages({ document, location, now, queue, send, moments, carts }) {
  /** The page that the engine knows of. @type {import('./types.js').Page | null} */
  let page = null;
  /** Whether a page is shown; not before the first, and not in the back/forward cache. */
  let begun = false;
  /** Its address: when it is told, the page may have another already. */
  let address = new URL(location.href);
  /** Since when the shown page is not told yet. */
  let turnedMs = 0;

  const turn = () => {
    address = new URL(location.href);
    turnedMs = now();
    carts.turnPage();
    moments.turnPage();
  };

  /** Tells the page view that is due. JSON-LD of a route arrives after its address. */
  const tellTurned = () => {
    if (!turnedMs) return;
    turnedMs = 0;
    page = safely(readPage)(document, address, statements(document)) ?? {
      url: address.pathname,
      kind: 'other',
    };
    report('page_view', page);
  };

  /** @type {import('./types.js').Report} */
  const report = (name, data = {}) => {
    tellTurned();
    const frame = queue.add(name, data, page);
    if (frame) send(frame);
  };

  /** The page is done with a change of itself. */
  const settled = () => {
    if (!begun) return;
    tellTurned();
    carts.read(document, statements(document));
  };

  /** The page goes to the back: whatever it holds is told and kept now. */
  const rest = () => {
    if (begun) {
      settled();
      moments.reportDwell();
    }
    queue.save();
  };

  return {
    report,
    settled,
    rest,
    page: () => page,
    begun: () => begun,

    /** The document is shown: for the first time, or again after the back/forward cache had it. */
    begin() {
      begun = true;
      turn();
      tellTurned();
    },

    /** The address may have become another. */
    addressed() {
      if (!begun || pathOf(location) === pathOf(address)) return;
      if (now() - turnedMs > SEEN_MS) tellTurned();
      if (!turnedMs) moments.reportDwell();
      turn();
    },

    /** The page is left, for ever or for the back/forward cache. */
    end() {
      rest();
      begun = false;
    },
  };
}
