/** Reads what shops say of themselves. Fetched where a platform or a data layer is found. */
import { safely } from '../safe.js';
import { amount, clean } from '../text.js';
import { MERCHANT, openDesk } from './desk.js';
import { major, money } from './money.js';
import { requests } from './requests.js';

/** @typedef {import('../types.js').Page} Page */
/** @typedef {import('../types.js').ReaderPorts} Ports */
/** @typedef {import('../orders/index.js').Orders} Orders */
/** @typedef {ReturnType<typeof offer>} Desk what a chunk gets */
/** @typedef {{read: (desk: Desk) => void | (() => Partial<Page> | undefined)}} Chunk returns what looks at the page */

/** Where the merchant says himself what the page is, nobody knows better. */
const SAID = /** @type {const} */ (['page', 'product', 'category']);

/**
 * Each chunk, and what it is found by; the later ones know the page better.
 *
 * @type {[name: string, globals: string, marks: string][]}
 */
const FOUND = [
  ['facts', '', 'html'],
  ['places', '', ''],
  ['forms', '', 'form[method=post i],a[href*="add"]'],
  ['layer', 'dataLayer analytics', ''],
  ['shopify', 'ShopifyAnalytics Shopify', ''],
  ['woo', 'wc_add_to_cart_params', 'body[class*=woocommerce],[class*=wc-block-]'],
  [
    'magento',
    '',
    'body[class*=catalog-],body[class*=checkout-],script[type="text/x-magento-init"]',
  ],
  ['prestashop', 'prestashop', ''],
  ['evershop', 'eContext', ''],
  ['bigcommerce', 'BCData', '#checkout-app'],
  ['shopware', '', 'body[class*=is-ctl-],[data-add-to-cart],.hidden-line-items-information'],
];

/** @param {any} value */
const isObject = (value) => value && /^[of]/.test(typeof value);

/** Adds what one chunk knows of the page. @param {Partial<Page>} known @param {Partial<Page>} more */
function learn(known, { product, ...more }) {
  Object.assign(known, more, product && { product: { ...known.product, ...product } });
  if (known.kind && known.kind !== 'product') known.product = undefined;
}

/** @param {Document} document @param {any} known @returns {Partial<Page>} without what the merchant says himself */
function unlessSaid(document, { ...known }) {
  for (const word of SAID) {
    if (document.querySelector(`[data-shopbell-${word}]`))
      delete known[word === 'page' ? 'kind' : word];
  }
  return known;
}

/** What the chunks work with. @param {Ports} ports @param {Orders} orders */
function offer({ window, document, page, after, ...more }, orders) {
  const { stated: cart, told } = orders;
  const memory = /** @type {() => import('./desk.js').Memory} */ (orders.memory);
  /** An order is told once in a tab, whoever states it. @type {import('../types.js').Report} */
  const report = (name, data) => {
    if (name === 'purchase') orders.placed(/** @type {any} */ (data));
    else more.report(name, data);
  };
  const { timeOrigin } = window.performance;
  const statesCart = () =>
    Boolean(document.querySelector('[data-shopbell-cart]')) ||
    [...document.querySelectorAll('script[type="application/ld+json"]')].some(({ textContent }) =>
      /PaymentDue/.test(textContent ?? ''),
    );
  const wall = () => timeOrigin + more.now();
  const desk = openDesk({ report, cart, told, memory, statesCart, wall, after });
  return {
    ...desk,
    window: /** @type {any} */ (window),
    document,
    told,
    after,
    amount,
    clean,
    money,
    major,
    ...requests(/** @type {any} */ (window), after),
    /** What the readers know of the page now. @type {Partial<Page>} */
    known: {},
    /** Whether the core knows nothing of the page. */
    unknown: false,
    /** Looks at the page again: something has become known. */
    look: () => {},
    page,
  };
}

/**
 * The modules come from where this one came from.
 *
 * @param {string} name @returns {Promise<Chunk>}
 */
const fetchChunk = (name) => {
  const file = `./r.${name}.${READERS_HASH}.js`;
  return import(file);
};

/**
 * Settles when the page was read by all who are here now.
 *
 * @param {Ports} ports
 */
export async function read(ports, load = fetchChunk) {
  const { carts, document } = ports;
  /** @type {Orders} */
  const orders = await new Promise((come) => carts.use(come));
  const desk = offer(ports, orders);
  /** @type {Map<string, (() => Partial<Page> | undefined) | void>} */
  const chunks = new Map();

  desk.look = safely(() => {
    desk.known = {};
    for (const [name] of FOUND) learn(desk.known, safely(chunks.get(name) ?? (() => {}))() ?? {});
    ports.page(unlessSaid(document, desk.known));
  });

  const isHere = (
    /** @type {string} */ name,
    /** @type {string} */ globals,
    /** @type {string} */ marks,
  ) =>
    name === 'places'
      ? desk.unknown
      : globals.split(' ').some((each) => isObject(desk.window[each])) ||
        Boolean(marks && document.querySelector(marks));

  /** Fetches who is here and was not before; tells whether anybody came. */
  const find = async () => {
    const fresh = FOUND.filter((each) => !chunks.has(each[0]) && isHere(...each));
    for (const [name] of fresh) chunks.set(name, undefined);
    await Promise.allSettled(
      fresh.map(async ([name]) => chunks.set(name, safely((await load(name)).read)(desk))),
    );
    if (fresh.length) desk.look();
    return fresh.length > 0;
  };

  ports.said(
    safely((name, /** @type {any} */ data = {}) => {
      if (desk.tell(MERCHANT, name, data)) return true;
      if (name !== 'purchase' || !data.transaction_id) return;
      orders.placed(data);
      return true;
    }),
  );
  ports.settled((leaving) => {
    desk.look();
    if (!leaving) return void find();
    desk.leave();
    orders.keep();
  });
  // what came first tells whether more is needed
  if (await find()) await find();
}
