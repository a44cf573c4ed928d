/** Puts the parts together, and listens to the page. */
import { offerApi } from './api.js';
import { findCarts } from './carts.js';
import { chunksOf, lazily } from './chunks.js';
import { dwellClock } from './clock.js';
import { describe, isCoarse } from './context.js';
import { sendLast } from './exit.js';
import { asksConsent, hasReader, isVague } from './found.js';
import { watchMoments } from './moments.js';
import { openQueue } from './queue.js';
import { onSettled } from './quiet.js';
import { after, on, safely } from './safe.js';
import { keepConnected } from './socket.js';
import { recallJson } from './store.js';
import { listenToEngine } from './stream.js';
import { keepToken } from './token.js';
import { followPages } from './visit.js';

/** A tab in the back for so long needs no connection. */
const BACKGROUND_MS = 60_000;
/** By then the engine has answered what a page that was hidden had to say; else it is said once more. */
const ANSWER_MS = 1_000;
/** So many unacknowledged events are kept; fewer while nobody knows whether they may be sent. */
const MOST_EVENTS = 200;
const MOST_UNKNOWN = 50;
/** Until when this tab goes without WebSockets, in a list with whatever else the carrier keeps. */
const CARRIED = 'shopbell.way';

const { document, location, navigator } = window;
const script = /** @type {HTMLScriptElement} */ (
  document.currentScript ?? document.querySelector('script[data-site]')
);
/** A tag manager writes no attributes: its key stands in the address. */
const site = script?.dataset.site ?? /[?&]site=(\w+)/.exec(script?.src)?.[1];
/** @param {string} path of the engine that served the script, beside it: the shop may have put a path of its own before both */
const engine = (path) => new URL(path, script?.src);

const withChunk = chunksOf(engine);

/** A name for this document that nobody ever had. */
const doc = [...crypto.getRandomValues(new Uint32Array(3))]
  .map((n) => n.toString(36).padStart(7, '0'))
  .join('');
/** Whether the page was left; it may come back. */
let away = false;
/** Whether the shopper has done something here. */
let touched = false;
/** @type {object | undefined} */
let context;
/** The cart told last. @type {object | undefined} */
let cart;
/** @type {import('./types.js').Consent} */
let consent = 'granted';
/** Whether the engine has yet to hear that the shopper is no longer to be known. */
let leaving = false;
/** @type {Promise<((choice: object) => void) | undefined> | undefined} */
let gate;
/** Hears what the merchant reports. @type {import('./types.js').Report | undefined} */
let heard;
/** @type {Promise<void> | undefined} */
let reading;
/** @type {((frame: object, sent: boolean) => void) | undefined} */
let overhear;

const now = () => performance.now();
const visible = () => !away && document.visibilityState === 'visible';
const focused = () => document.hasFocus();
/** A machine without a network still reaches itself. */
const online = () => navigator.onLine || /\/(localhost|127\.|\[)/.test(script?.src);
/** Who does not consent has no storages: to touch them throws, as where they are blocked. */
const stored = () => consent === 'granted' && window;
const tab = () => /** @type {Window} */ (stored()).sessionStorage;
const browser = () => /** @type {Window} */ (stored()).localStorage;
/** @type {import('./types.js').Report} */
const report = (name, data = {}) => {
  visit.report(name, data);
  // the shop may hear after us that the page is left
  if (away) {
    queue.save();
    sendRest();
  }
  if (name !== 'cart') return;
  cart = data;
  near()?.update();
};
/** @param {object} frame */
const send = (frame) => {
  overhear?.(frame, true);
  socket.send(frame);
};
const hello = () => ({
  type: 'hello',
  v: 1,
  // an empty one asks to be nobody, and to be forgotten soon
  token: token.value() ?? (consent === 'denied' ? '' : null),
  doc,
  page: visit.page(),
  context,
});

/** What every chunk may use. */
const common = { window, document, script, site: String(site), engine, report, now, after };
const token = keepToken(browser, navigator.locks);
const queue = openQueue(doc, tab, () => (consent === 'unknown' ? MOST_UNKNOWN : MOST_EVENTS));
const carts = findCarts((act) => withChunk('o', act), tab, report);
const clock = dwellClock();
const { made: near, use: withNear } = lazily(
  (act) => withChunk('p', act),
  ({ comeNear }) =>
    comeNear({
      ...common,
      seen: visible,
      clock,
      dwell: moments.reportDwell,
      check: moments.check,
      on,
      coarse: isCoarse,
      touched: () => touched,
      cart: () => cart,
    }),
);
const moments = watchMoments({ clock, now, after, report, visible, focused, near });
const visit = followPages({ document, location, now, after, queue, send, moments, carts });
const listen = listenToEngine({ queue, send, carts, near: withNear, now });
/** @param {import('./types.js').Frame} frame */
const receive = (frame) => {
  overhear?.(frame, false);
  listen(frame);
  part();
};
const socket = keepConnected({
  open() {
    const url = engine(`v1/stream?site=${site}`);
    url.protocol = url.protocol.replace('http', 'ws');
    return /** @type {any} */ (new WebSocket(url));
  },
  carry: (carrier) =>
    withChunk('t', ({ carry }) => {
      carry(carrier, { ...common, tab, hello, active: () => clock.runs(now()) });
      return true;
    }),
  carried: () => recallJson(tab, CARRIED)?.[0] > Date.now(),
  token,
  hello,
  receive,
  wanted: () => Boolean(context) && consent !== 'unknown' && visible() && online(),
  waits: queue.waits,
  now,
  after,
  random: Math.random,
});

/** Leaves the engine as somebody it no longer knows, once it has heard so. */
function part() {
  if (!leaving || queue.waits()) return;
  leaving = false;
  token.forget();
  socket.close();
  socket.connect();
}

/** @param {import('./types.js').Consent} next what the shopper allows from now on */
function agree(next) {
  leaving ||= consent === 'granted' && next === 'denied';
  if (consent === 'unknown') carts.forget();
  consent = next;
  if (next === 'unknown') socket.close();
  part();
  socket.connect();
}

/** Has the gate's word, and until then nothing is stored or sent. */
function ask() {
  gate ??= withChunk('c', ({ gate }) => gate({ ...common, set: agree }));
  return gate;
}

/** Looks for whoever knows the shopper's will, or the page, better than we do. @param {boolean} [first] */
function seek(first) {
  if (!gate && asksConsent(window, script)) {
    ask();
    agree('unknown');
  }
  if (reading || !(hasReader(window) || (first && isVague(document, location)))) return;
  carts.use(() => {});
  reading = withChunk('r', ({ read }) =>
    read({
      ...common,
      carts,
      page: visit.better,
      settled: visit.reader,
      said: (act) => {
        heard = act;
      },
    }),
  );
  visit.hold(reading);
}

/** Listens to the shopper, and to what the shop does to its page. */
function followShopper() {
  on(window, 'pointerdown pointermove keydown wheel touchstart touchmove', ({ isTrusted }) => {
    if (!isTrusted) return;
    moments.input();
    touched = true;
    near()?.next();
  });
  on(window, 'focus blur', moments.check);
  const moved = onSettled(document, now, after, () => {
    seek();
    visit.settled();
  });
  const turned = () => {
    visit.addressed();
    moved();
  };
  /** @type {Window & {navigation?: EventTarget}} */
  const { navigation } = window;
  if (navigation) on(navigation, 'currententrychange', turned);
  else withChunk('h', ({ follow }) => follow(window, turned));
}

/** Sends what is not acknowledged by a request that outlives the page; the next page of the tab sends it again. */
function sendRest() {
  // without a token it would be counted as somebody else than whom the next page becomes
  if (consent !== 'unknown' && token.value() && queue.waits()) {
    sendLast(engine(`v1/events?site=${site}`), [hello(), ...queue.frames()], listen);
  }
}

/** Listens to the page's coming and going. @param {() => void} begin */
function followLife(begin) {
  let cancel = () => {};
  let hiddenMs = Infinity;
  on(document, 'visibilitychange', () => {
    cancel();
    moments.check();
    if (visible()) {
      // timers of a frozen tab do not run, and its socket may be dead without a word
      if (now() - hiddenMs > BACKGROUND_MS) socket.close();
      moments.input();
      if (visit.begun()) near()?.signal('tab_return');
      socket.connect();
      near()?.next();
    } else {
      visit.rest();
      hiddenMs = now();
      cancel = after(BACKGROUND_MS, socket.close);
      // on a phone, nothing may follow
      after(ANSWER_MS, sendRest);
    }
  });
  on(window, 'pagehide', () => {
    visit.end();
    away = true;
    near()?.leave();
    sendRest();
    socket.close();
  });
  on(window, 'pageshow', () => {
    if (away) queue.takeOver();
    away = false;
  });
  on(window, 'online', socket.connect);
  on(document, 'DOMContentLoaded prerenderingchange visibilitychange', begin);
  on(window, 'pageshow', begin);
}

function start() {
  /** @type {Window & {shopbell?: import('./api.js').Api}} */
  const page = window;
  if (!site || page.shopbell?.v) return;
  seek();
  const answer = offerApi(page, {
    event(name, data) {
      heard?.(name, data);
      report(name, data);
    },
    cart: (cart) => carts.use((orders) => orders.said(cart)),
    consent: (choice) => ask().then((say) => say?.(choice)),
  });
  const measure = safely(() => {
    context ??= describe(window);
    visit.settled();
    socket.connect();
  });
  /** Begins once a page is seen: not prerendered, not in the background, and whole. */
  const begin = safely(() => {
    // @ts-expect-error: not every browser prerenders
    if (visit.begun() || !visible() || document.readyState === 'loading' || document.prerendering)
      return;
    seek(true);
    visit.begin();
    answer();
    requestAnimationFrame(measure);
  });
  const go = safely(() => {
    followShopper();
    followLife(begin);
    begin();
  });
  if (!/[?&]shopbell=debug/.test(location.search)) return go();
  withChunk('d', ({ debug }) =>
    debug({
      ...common,
      heard: (act) => {
        overhear = act;
      },
      page: visit.page,
    }),
  ).then(go);
}

safely(start)();
