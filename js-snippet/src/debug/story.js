/** What the merchant sees of the frames that go by: the page, the cart, the armed moments, the last events. */

/** So many events are shown. */
const LAST = 8;

/** @typedef {{seq: number, name: string, words: string, mark: 'waits' | 'taken' | 'refused' | 'shown'}} Told */
/** @typedef {ReturnType<typeof follow>} Story */

/** @param {number | undefined} value @param {string | undefined} currency */
export const money = (value, currency) =>
  value === undefined ? '' : `${value.toLocaleString('en')}${currency ? ` ${currency}` : ''}`;

/** @param {any} data of an event @returns {string} the most telling of it, in one line */
function wordsOf({ kind, url, items, value, currency, ms, percent, ...rest }) {
  if (kind) return `${kind} ${url}`;
  if (items) return `${items.length} × ${money(value, currency)}`;
  if (ms) return `${(ms / 1000).toFixed(1)} s`;
  return percent ? `${percent} %` : Object.values(rest).join(', ').slice(0, 80);
}

/** @param {any} arm @returns {string[]} what the engine waits for on this page */
export function momentsOf({ page_dwell = [], idle = [], scroll = [], wake = [], ...signals }) {
  const seconds = (/** @type {number} */ ms) => `${Number((ms / 1000).toFixed(1))} s`;
  return [
    ...page_dwell.map((/** @type {number} */ ms) => `${seconds(ms)} of attention`),
    ...idle.map((/** @type {number} */ ms) => `${seconds(ms)} without input`),
    ...scroll.map((/** @type {number} */ percent) => `${percent} % scrolled`),
    ...wake.map((/** @type {number} */ ms) => `the clock, in ${seconds(ms)}`),
    ...Object.keys(signals)
      .filter((name) => signals[name])
      .map((name) => name.replace('_', ' ')),
  ];
}

/** @param {any} page told last, or null @returns {string[]} what is missing, and what to add */
export function hintsOf(page) {
  const { kind, product, url = '' } = page ?? {};
  if (kind === 'other')
    return [
      `The kind of this page is not known. Say it in site.yaml, pages: {cart: "${url.split('?')[0]}"}, or in the page: <body data-shopbell-page="cart">`,
    ];
  if (kind !== 'product') return [];
  if (!product?.id)
    return ['No product was recognised. State it as JSON-LD, or in data-shopbell-product.'];
  if (product.price === undefined) return ['The product has no price.'];
  return product.currency ? [] : ['The price has no currency.'];
}

export function follow() {
  /** @type {Told[]} */
  let told = [];
  const story = {
    connected: false,
    /** What the engine said last that it waits for. */
    arm: {},
    /** The cart told last. @type {any} */
    cart: undefined,
    /** What the shopper consented to, as it was told. @type {any} */
    consent: undefined,
    told: () => told,

    /** Takes a frame, sent or received. @param {any} frame */
    hear(frame) {
      if (frame.doc) return; // of a page before this one
      heard[frame.type]?.(frame);
      if (frame.arm) story.arm = frame.arm;
      told = told.slice(-LAST);
    },
  };

  /** Marks what still waits up to this event. @param {any} frame */
  const take = ({ seq }) => {
    for (const each of told) {
      if (each.mark === 'waits' && each.seq <= seq) each.mark = 'taken';
    }
  };

  /** @type {Record<string, (frame: any) => void>} */
  const heard = {
    event({ seq, name, data }) {
      if (told.some((each) => each.seq === seq)) return; // sent again
      if (name === 'cart' || name === 'consent') story[/** @type {'cart'} */ (name)] = data;
      told.push({ seq, name, words: wordsOf(data), mark: 'waits' });
    },
    welcome(frame) {
      story.connected = true;
      take(frame);
    },
    ack: take,
    error({ seq, message = '' }) {
      const refused = told.find((each) => each.seq === seq);
      if (refused) Object.assign(refused, { mark: 'refused', words: message });
    },
    show({ rule = '', popup }) {
      told.push({
        seq: -told.length,
        name: `popup ${rule}`,
        words: popup?.kind ?? '',
        mark: 'shown',
      });
    },
  };
  return story;
}
