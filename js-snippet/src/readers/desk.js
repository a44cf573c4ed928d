/**
 * Where all readers hand in what they heard: one thing that happened is told once, whoever reports it.
 *
 * An add-to-cart is heard up to four times: the form is sent, the platform's cart grows, the data layer says so, and
 * the merchant calls shopbell('event', ...). A reader of a lower rank waits a moment for one of a higher rank; after
 * that the first word stands, and what the others say of the same thing is dropped.
 */
import { inItems, keyOf, linesOf, worthOf } from './lines.js';

/** Who reports it. Of two who report the same, the higher is told. */
export const PAGE = 1;
export const PLATFORM = 2;
export const LAYER = 3;
export const MERCHANT = 4;

/** The same again from the same source, so soon: a theme and its plugin both fire. */
const SAME_MS = 1_000;
/** So long a lower source waits for a higher one. */
const WAIT_MS = 1_000;
/** So long one source's word stands for another's. */
const COVER_MS = 3_000;
/** So long, when the page is left for the next one, which may tell it again. */
const NEXT_PAGE_MS = 30_000;

/** @typedef {import('../types.js').Cart} Cart */
/** @typedef {{name: string, rank: number, key: string, item: string, atMs: number, untilMs: number, by: number[]}} Told */
/**
 * What is remembered as long as the tab: what was told of late; the cart as the shop said it last, and that it does; the
 * highest rank that has spoken; when a form was sent; marks of platforms.
 *
 * @typedef {{told?: Told[], lines?: import('./lines.js').Lines, shop?: boolean, top?: number, sentMs?: number, marks?: Record<string, string>}} Memory
 */
/** @typedef {ReturnType<typeof openDesk>} Desk */

/**
 * @param {{
 *   report: import('../types.js').Report,
 *   cart: (cart: Cart) => void,
 *   told: () => Cart | undefined,
 *   memory: () => Memory,
 *   statesCart: () => boolean,
 *   wall: () => number,
 *   after: import('../types.js').After,
 * }} ports memory: lives as long as the tab; statesCart: the merchant states the cart in the page; wall: ms that go on
 *   over page loads
 */
export function openDesk({ report, cart, told, memory, statesCart, wall, after }) {
  /** The last cart that had something in it: it may have been ordered. @type {Cart | undefined} */
  let full = told()?.items.length ? told() : undefined;
  let ordered = '';
  /** The highest rank that this page has. */
  let highest = PAGE;
  /** @type {{event: Told, data: object, cancel: () => void}[]} */
  let waiting = [];

  const kept = () => {
    const mine = memory();
    mine.told = (mine.told ?? []).filter(({ untilMs }) => untilMs > wall());
    return /** @type {Told[]} */ (mine.told);
  };

  /** The words on the same thing; two sources may name a product at different length. @param {Told} event */
  const alike = ({ name, item }) =>
    [...kept(), ...waiting.map(({ event }) => event)].filter(
      (each) => each.name === name && (each.item.includes(item) || item.includes(each.item)),
    );

  /**
   * Whether the same thing was told, again by this source or by another; each word stands for one of each other rank.
   *
   * @param {Told} event @returns {'again' | 'other' | undefined}
   */
  const isKnown = (event) => {
    const { rank, key, atMs } = event;
    const told = kept();
    const others = alike(event);
    // what a platform says is the difference of two carts: that happens as often as it is said
    const isSame = (/** @type {Told} */ each) =>
      each.rank === rank && each.key === key && atMs - each.atMs < SAME_MS;
    if (rank !== PLATFORM && others.some(isSame)) return 'again';
    const other = others.find(
      (each) =>
        each.rank !== rank && !each.by.includes(rank) && (each.rank > rank || told.includes(each)),
    );
    other?.by.push(rank);
    return other && 'other';
  };

  /** The shop's cart shows what a form has told: that word has found its other. @param {string} name */
  const confirm = (name) => {
    const told = [...kept(), ...waiting.map(({ event }) => event)];
    told.find((each) => each.name === name && !each.by.includes(PLATFORM))?.by.push(PLATFORM);
  };

  /** @param {Cart} whole */
  const tellCart = (whole) => {
    if (whole.items.length) full = { ...whole, currency: whole.currency ?? full?.currency };
    if (!statesCart()) cart(whole);
  };

  /**
   * Something went in or out, and nobody says what the whole cart is: it is added up.
   *
   * @param {Cart['items']} items @param {1 | -1} sign @param {string} [currency]
   */
  const sum = (items, sign, currency) => {
    const last = told();
    const lines = linesOf(last?.items ?? []);
    for (const [key, [quantity, item]] of Object.entries(linesOf(items))) {
      const left = (lines[key]?.[0] ?? 0) + sign * quantity;
      if (left > 0) lines[key] = [left, { ...lines[key]?.[1], ...item }];
      else delete lines[key];
    }
    const all = inItems(lines, {});
    tellCart({ items: all, value: worthOf(all), currency: currency ?? last?.currency });
  };

  /** What an event says of the cart, where the shop itself does not say what is in it. @param {string} name @param {Partial<Cart>} data */
  const follow = (name, { items = [], value, currency }) => {
    if (memory().shop) return;
    if (name === 'add_to_cart') sum(items, 1, currency);
    if (name === 'remove_from_cart') sum(items, -1, currency);
    if (/^(view_cart|begin_checkout)$/.test(name) && items.length)
      tellCart({ items, value, currency });
    if (name === 'purchase') tellCart({ items: [], value: 0, currency });
  };

  /** @param {Told} event @param {Partial<Cart>} data @param {number} coverMs */
  const out = (event, data, coverMs) => {
    event.untilMs = wall() + coverMs;
    kept().push(event);
    // what the merchant says with a call goes out by itself
    if (event.rank < MERCHANT) report(event.name, data);
    follow(event.name, data);
  };

  /** Tells what waits. @param {number} [coverMs] */
  const flush = (coverMs = COVER_MS) => {
    const due = waiting;
    waiting = [];
    for (const { event, data, cancel } of due) {
      cancel();
      out(event, data, coverMs);
    }
  };

  /**
   * Something happened, as this source says.
   *
   * @param {number} rank @param {string} name @param {object} data
   * @returns {boolean | void} whether another source has told it already
   */
  const tell = (rank, name, data) => {
    const atMs = wall();
    if (rank === MERCHANT) memory().top = MERCHANT;
    const item = /** @type {Partial<Cart>} */ (data).items?.[0]?.item_name ?? '';
    const event = { name, rank, key: keyOf(name, data), item, atMs, untilMs: atMs, by: [] };
    const known = isKnown(event);
    if (known) return known === 'other';
    const same = alike(event);
    const lower = waiting.find(
      (each) =>
        same.includes(each.event) && each.event.rank < rank && !each.event.by.includes(rank),
    );
    if (lower) {
      lower.cancel();
      waiting = waiting.filter((each) => each !== lower);
      /** @type {number[]} */ (event.by).push(lower.event.rank);
    }
    // a form may lead to the next page, which says it once more
    const coverMs = rank === PAGE ? NEXT_PAGE_MS : COVER_MS;
    if (rank >= Math.max(highest, memory().top ?? 0)) return out(event, data, coverMs);
    const entry = { event, data, cancel: () => {} };
    entry.cancel = after(WAIT_MS, () => {
      waiting = waiting.filter((each) => each !== entry);
      out(event, data, coverMs);
    });
    waiting.push(entry);
  };

  return {
    tell,

    /** The page is left, or hidden: who waited has waited long enough. */
    leave: () => flush(NEXT_PAGE_MS),

    /** A source of this rank is there: lower ones wait for it. @param {number} rank */
    expect(rank) {
      highest = Math.max(highest, rank);
    },

    /**
     * The whole cart, as the shop itself says. What came or went since this tab's last look is told too, where this
     * page made it so (`caused`); at the load of a page another tab may have done it. The cart page alone shows at its
     * load that something was taken out.
     *
     * @param {Cart} whole @param {boolean} caused @param {boolean} [onCartPage]
     */
    snapshot(whole, caused, onCartPage = false) {
      const mine = memory();
      const before = mine.lines;
      const lines = linesOf(whole.items);
      mine.lines = lines;
      mine.shop = true;
      tellCart(whole);
      const change = (/** @type {string} */ name, /** @type {Cart['items']} */ items) => {
        if (items.length) {
          tell(PLATFORM, name, { currency: whole.currency, value: worthOf(items), items });
        }
      };
      const came = inItems(lines, before ?? {});
      if (before && caused) change('add_to_cart', came);
      else if (came.length) confirm('add_to_cart');
      if (!before) return;
      if (caused || onCartPage) change('remove_from_cart', inItems(before, lines));
    },

    /** Whether the shop itself says what is in the cart. */
    seenCart: () => Boolean(memory().shop),

    /**
     * An order was placed, as its page says. What it does not say is what was in the cart.
     *
     * @param {{transaction_id: string} & Partial<Cart>} said
     */
    order(said) {
      if (ordered === said.transaction_id) return;
      ordered = said.transaction_id;
      const own = said.items?.length ? said : full;
      tell(PLATFORM, 'purchase', {
        ...said,
        items: own?.items ?? [],
        value: said.value ?? own?.value ?? worthOf(own?.items ?? []),
        currency: said.currency ?? full?.currency,
      });
    },

    /** A form of the page puts something into the cart: the next page has to look. */
    sendForm() {
      memory().sentMs = wall();
    },
    formSent: () => wall() - (memory().sentMs ?? 0) < NEXT_PAGE_MS,

    /** Remembers what a platform goes by; tells whether it is another than before. @param {string} name @param {string} value */
    mark(name, value) {
      const mine = memory();
      mine.marks ??= {};
      const changed = mine.marks[name] !== value;
      mine.marks[name] = value;
      return changed;
    },
  };
}
