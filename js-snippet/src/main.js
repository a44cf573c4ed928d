/** Puts the parts together, and listens to the page. */
import { offerApi } from './api.js';
import { followCart } from './cart.js';
import { keepClaims } from './claims.js';
import { DwellClock } from './clock.js';
import { describe, isCoarse } from './context.js';
import { watchMoments } from './moments.js';
import { openQueue } from './queue.js';
import { onSettled } from './quiet.js';
import { fetchRenderer } from './renderer.js';
import { onRoute } from './routes.js';
import { after, on, safely } from './safe.js';
import { showPopups } from './shows.js';
import { senseSignals } from './signals.js';
import { keepConnected } from './socket.js';
import { listenToEngine } from './stream.js';
import { keepToken } from './token.js';
import { followPages } from './visit.js';

/** A tab in the back for so long needs no connection. */
const BACKGROUND_MS = 60_000;

const { document, location, navigator } = window;
const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript ?? document.querySelector('script[data-site]')
);
const site = script?.dataset.site;
/** @param {string} path of a file of the engine that served the script */
const engine = (path) => new URL(path, script?.src);

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

const now = () => performance.now();
const visible = () => !away && document.visibilityState === 'visible';
const focused = () => document.hasFocus();
/** A machine without a network still reaches itself. */
const online = () => navigator.onLine || /^(localhost|127\.|\[)/.test(engine('').hostname);
const tab = () => sessionStorage;
/** @type {import('./types.js').Report} */
const report = (name, data = {}) => {
  visit.report(name, data);
  if (name === 'cart') shows.inCart(data);
};
/** @param {object} frame */
const send = (frame) => socket.send(frame);

/**
 * The view that a phone lands on belongs to the shop, until the shopper has touched it. A view that
 * the shop itself led to is none.
 */
const landing = () =>
  !touched && isCoarse(window) && !document.referrer.startsWith(location.origin);

const { claim, release } = keepClaims(navigator.locks);
const { load, preload } = fetchRenderer(() => engine(POPUPS_FILE).href);
const token = keepToken(() => localStorage, navigator.locks);
const queue = openQueue(doc, tab);
const carts = followCart(tab, report);
const shows = showPopups({ load, claim, visible, landing, now, report });
const moments = watchMoments({ clock: new DwellClock(), now, after, report, visible, focused });
const visit = followPages({ document, location, now, queue, send, moments, carts });
const signals = senseSignals(window, moments, now);
const armed = () => {
  // a popup may be near: have its code here before the moment comes
  preload();
  signals.measureSoon();
};
const socket = keepConnected({
  open() {
    const url = engine(`/v1/stream?site=${site}`);
    url.protocol = url.protocol.replace('http', 'ws');
    return new WebSocket(url);
  },
  token,
  hello: () => ({ type: 'hello', v: 1, token: token.value(), doc, page: visit.page(), context }),
  receive: listenToEngine({ queue, send, carts, moments, shows, armed }),
  wanted: () => Boolean(context) && visible() && online(),
  waits: queue.waits,
  now,
  after,
  random: Math.random,
});

/** Listens to the shopper, and to what the shop does to its page. */
function followShopper() {
  on(window, 'pointerdown pointermove keydown wheel touchstart touchmove', ({ isTrusted }) => {
    if (!isTrusted) return;
    moments.input();
    touched = true;
    shows.next();
  });
  on(window, 'focus blur', moments.check);
  const moved = onSettled(document, now, after, visit.settled);
  onRoute(window, () => {
    visit.addressed();
    moved();
  });
  signals.listen();
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
      if (visit.begun()) moments.signal('tab_return');
      socket.connect();
      shows.next();
    } else {
      visit.rest();
      hiddenMs = now();
      cancel = after(BACKGROUND_MS, socket.close);
    }
  });
  on(window, 'pagehide', () => {
    away = true;
    visit.end();
    shows.leave();
    release();
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
  const answer = offerApi(page, {
    event: report,
    cart: carts.said,
    consent: (choice) => report('consent', choice),
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
    visit.begin();
    answer();
    requestAnimationFrame(measure);
  });
  followShopper();
  followLife(begin);
  begin();
}

safely(start)();
