/** One document's story: the pages it shows, and what is told of them. */
import { statements } from './jsonld.js';
import { pathOf, readPage } from './page.js';

/** A route that is replaced sooner was a redirect: nobody saw it. */
const SEEN_MS = 150;

export class Visit {
  /** The page that the engine knows of. @type {import('./types.js').Page | null} */
  page = null;
  /** Whether a page is shown; not before the first, and not in the back/forward cache. */
  begun = false;
  #path = '';
  /** Since when the shown page is not told yet. @type {number | null} */
  #turnedMs = null;
  #ports;

  /**
   * @param {{
   *   document: Document,
   *   location: Location,
   *   now: () => number,
   *   queue: import('./queue.js').Queue,
   *   send: (frame: object) => void,
   *   moments: import('./moments.js').Moments,
   *   carts: import('./cart.js').CartReports,
   * }} ports
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** @type {import('./types.js').Report} */
  report = (name, data = {}) => {
    this.#tellTurned();
    const { queue, send } = this.#ports;
    const event = queue.add(name, data, this.page);
    if (event) send(queue.frame(event));
  };

  /** The document is shown: for the first time, or again after the back/forward cache had it. */
  begin() {
    this.begun = true;
    this.#turn();
    this.settled();
  }

  /** The address may have become another. */
  addressed() {
    if (!this.begun || pathOf(this.#ports.location) === this.#path) return;
    if (this.#turnedMs !== null && this.#ports.now() - this.#turnedMs > SEEN_MS) this.#tellTurned();
    if (this.#turnedMs === null) this.#ports.moments.reportDwell();
    this.#turn();
  }

  #turn() {
    const { now, location, moments, carts } = this.#ports;
    this.#path = pathOf(location);
    this.#turnedMs = now();
    carts.turnPage();
    moments.turnPage();
  }

  /** Tells the page view that is due. JSON-LD of a route arrives after its address. */
  #tellTurned() {
    if (this.#turnedMs === null) return;
    this.#turnedMs = null;
    const { document, location } = this.#ports;
    this.page = readPage(document, location, statements(document));
    this.report('page_view', this.page);
  }

  /** The page is done with a change of itself. */
  settled() {
    if (!this.begun) return;
    this.#tellTurned();
    const { document, carts } = this.#ports;
    carts.read(document, statements(document));
  }

  /** The page goes to the back, or away: whatever it holds is told and kept now. */
  rest() {
    const { moments, queue } = this.#ports;
    if (this.begun) {
      this.#tellTurned();
      moments.reportDwell();
    }
    queue.save();
  }
}
