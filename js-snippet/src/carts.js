/** The shop's carts and orders: what tells of them is fetched when there is one. */
import { attribute } from './attributes.js';
import { lazily } from './chunks.js';
import { find } from './jsonld.js';

/** @typedef {typeof import('./orders/index.js')} Code */
/** @typedef {ReturnType<typeof findCarts>} Carts */

/**
 * @param {(act: (code: Code) => void) => Promise<void>} fetchCode
 * @param {import('./store.js').Area} tab @param {import('./types.js').Report} report
 */
export function findCarts(fetchCode, tab, report) {
  let named = '';
  const { made, use } = lazily(fetchCode, ({ followCart }) => {
    const orders = followCart(tab, report);
    if (named) orders.inSession(named);
    return orders;
  });

  return {
    use,

    /** Another page is shown. */
    turnPage: () => made()?.turnPage(),

    /** The storage may be read now. */
    forget: () => made()?.forget(),

    /** Reads the page. @param {Document} document @param {import('./types.js').Thing[]} stated */
    read(document, stated) {
      if (attribute(document, 'cart') ?? find(stated, /\bOrder\b/)) {
        use((orders) => orders.read(document, stated));
      }
    },

    /** The engine named the session. @param {string} session */
    inSession(session) {
      named = session;
      made()?.inSession(session);
    },
  };
}
