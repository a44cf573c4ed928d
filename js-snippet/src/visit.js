/** One document's story: the pages it shows, and what is told of them. */
import { statements } from './jsonld.js';
import { pathOf, readPage } from './page.js';
import { safely } from './safe.js';

/** A route that is replaced sooner was a redirect: nobody saw it. */
const SEEN_MS = 150;
/**
 * So long the first page view waits for a reader that knows the page better: several files, one after the other, on a
 * slow network.
 */
const READER_MS = 3_000;

/** @typedef {ReturnType<typeof followPages>} Visit */
/** @typedef {import('./types.js').Page} Page */

/**
 * @param {{
 *   document: Document,
 *   location: Location,
 *   now: () => number,
 *   after: import('./types.js').After,
 *   queue: import('./queue.js').Queue,
 *   send: (frame: object) => void,
 *   moments: import('./moments.js').Moments,
 *   carts: import('./carts.js').Carts,
 * }} ports
 */
export function followPages({ document, location, now, after, queue, send, moments, carts }) {
  /** The page that the engine knows of. @type {Page | null} */
  let page = null;
  /** What a reader knows better of it. @type {Partial<Page>} */
  let better = {};
  /** Readers that want to look before a page is told. @type {((leaving: boolean) => unknown)[]} */
  const readers = [];
  /**
   * What is reported before the first page is told, or by readers while they look: it belongs to the page that is told
   * then.
   *
   * @type {Parameters<typeof report>[] | null}
   */
  let meanwhile = [];
  /** Answers what the merchant said before the first page was told. @type {(() => void) | undefined} */
  let answer;
  /** Whether a page is shown; not before the first, and not in the back/forward cache. */
  let begun = false;
  /** Whether the page view waits for a reader. */
  let held = false;
  /** Its address: when it is told, the page may have another already. */
  let address = new URL(location.href);
  /** Since when the shown page is not told yet. */
  let turnedMs = 0;

  const turn = () => {
    address = new URL(location.href);
    turnedMs = now();
    better = {};
    carts.turnPage();
    moments.turnPage();
  };

  /** Has the readers look, and tells the page view that is due. JSON-LD of a route arrives after its address. */
  const look = (leaving = false) => {
    /** @type {NonNullable<typeof meanwhile>} */
    const said = meanwhile ?? [];
    meanwhile = said;
    answer?.();
    for (const reader of readers) reader(leaving);
    meanwhile = null;
    if (turnedMs) {
      turnedMs = 0;
      page = {
        ...(safely(readPage)(document, address, statements(document)) ?? {
          url: address.pathname,
          kind: 'other',
        }),
        ...better,
      };
      report('page_view', page);
    }
    for (const call of said) report(...call);
  };

  /** @type {import('./types.js').Report} */
  const report = (name, data = {}) => {
    if (name !== 'consent') {
      if (meanwhile) {
        meanwhile.push([name, data]);
        return;
      }
      if (turnedMs) look();
    }
    const frame = queue.add(name, data, page);
    if (frame) send(frame);
  };

  /** The page is done with a change of itself. */
  const settled = (leaving = false) => {
    if (!begun || held) return;
    look(leaving);
    carts.read(document, statements(document));
  };

  /** The page goes to the back: whatever it holds is told and kept now. */
  const rest = () => {
    held = false;
    settled(true);
    if (begun) moments.reportDwell();
    queue.save();
  };

  return {
    report,
    settled,
    rest,
    page: () => page,
    begun: () => begun,

    /**
     * The document is shown: for the first time, or again after the back/forward cache had it.
     *
     * @param {() => void} [first] is done before its view is told, and what it reports is told after that
     */
    begin(first) {
      begun = true;
      answer = first;
      turn();
      if (!held) look();
    },

    /** A reader was found: the page view waits for it. @param {Promise<unknown>} coming */
    hold(coming) {
      held = true;
      const free = safely(() => {
        if (!held) return;
        held = false;
        settled();
      });
      coming.then(free, free);
      after(READER_MS, free);
    },

    /** @param {(leaving: boolean) => void} reader looks at the page whenever it has settled, and when it is left */
    reader(reader) {
      readers.push(safely(reader));
    },

    /** @param {Partial<Page>} known */
    better(known) {
      better = { ...better, ...known };
      if (page && !turnedMs) page = { ...page, ...known };
    },

    /** The address may have become another. */
    addressed() {
      if (!begun || pathOf(location) === pathOf(address)) return;
      if (turnedMs && now() - turnedMs > SEEN_MS) look();
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
