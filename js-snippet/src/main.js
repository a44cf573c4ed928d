/** Puts the parts together, and listens to the page. */
import { offerApi } from './api.js';
import { CartReports } from './cart.js';
import { Claims } from './claims.js';
import { DwellClock } from './clock.js';
import { describe, isCoarse } from './context.js';
import { Moments } from './moments.js';
import { Queue } from './queue.js';
import { onSettled } from './quiet.js';
import { onRoute } from './routes.js';
import { after, on, safely } from './safe.js';
import { Shows } from './shows.js';
import { listenForSignals } from './signals.js';
import { Socket } from './socket.js';
import { Store } from './store.js';
import { receive } from './stream.js';
import { Token } from './token.js';
import { Visit } from './visit.js';

/** A tab in the back for so long needs no connection. */
const BACKGROUND_MS = 60_000;

const { document, location, navigator } = window;
const now = () => performance.now();

/** A name for this document that nobody ever had. */
const newName = () =>
  [...crypto.getRandomValues(new Uint32Array(3))]
    .map((n) => n.toString(36).padStart(7, '0'))
    .join('');

/**
 * Imports the popup renderer, once; after a failure the next call tries again.
 *
 * @param {string} url @returns {() => Promise<import('./types.js').Renderer>}
 */
function lazily(url) {
  /** @type {Promise<import('./types.js').Renderer> | undefined} */
  let renderer;
  return () => {
    renderer ??= import(url).catch((error) => {
      renderer = undefined;
      throw error;
    });
    return /** @type {Promise<import('./types.js').Renderer>} */ (renderer);
  };
}

/** A machine without a network still reaches itself. @param {URL} engine */
const online = ({ hostname }) => navigator.onLine || /^(localhost|127\.|\[::1)/.test(hostname);

/** @param {URL} engine where the script came from @param {string} site public key */
function assemble(engine, site) {
  const doc = newName();
  const tab = new Store(() => window.sessionStorage);
  const token = new Token(new Store(() => window.localStorage), navigator.locks);
  const queue = new Queue(doc, tab);
  const claims = new Claims(navigator.locks);
  const load = lazily(new URL(POPUPS_FILE, engine).href);
  const page = { away: false, context: /** @type {object | null} */ (null) };
  const visible = () => !page.away && document.visibilityState === 'visible';
  /** @type {import('./types.js').Report} */
  const report = (name, data) => visit.report(name, data);
  const shows = new Shows({ load, claim: (fire) => claims.claim(fire), visible, now, report });
  const carts = new CartReports(tab, report);
  const focused = () => document.hasFocus();
  const moments = new Moments({ clock: new DwellClock(), now, after, report, visible, focused });
  /** @param {object} frame */
  const send = (frame) => socket.send(frame);
  const visit = new Visit({ document, location, now, queue, send, moments, carts });
  /** @param {import('./types.js').Arm} arm */
  const armed = (arm) => {
    // a popup may be near: have its code here before the moment comes
    const soon =
      window.requestIdleCallback ?? ((/** @type {() => void} */ then) => after(200, then));
    if (Object.keys(arm).length) soon(() => load().catch(() => {}));
  };
  const stream = new URL(`/v1/stream?site=${encodeURIComponent(site)}`, engine);
  stream.protocol = engine.protocol.replace('http', 'ws');
  const socket = new Socket({
    open: () => new WebSocket(stream),
    token,
    hello: () => ({
      type: 'hello',
      v: 1,
      token: token.value,
      doc,
      page: visit.page,
      context: page.context,
    }),
    receive: (frame) => receive(frame, { queue, send, carts, moments, shows, armed }),
    wanted: () => Boolean(page.context) && visible() && online(engine),
    waits: () => queue.waits(),
    now,
    after,
    random: Math.random,
  });
  return { page, visible, queue, claims, shows, carts, moments, visit, socket };
}
/**
 * Starts when a page is shown: not while it is prerendered, opened in the background, or
 * still without its end. Ends when it is left, and starts again if the back/forward cache
 * brings it back.
 *
 * @param {ReturnType<typeof assemble>} parts @param {() => void} answer opens the merchant's API
 */
function followLife({ page, visible, queue, claims, shows, moments, visit, socket }, answer) {
  const connect = () => socket.connect();
  const begin = () => {
    if (visit.begun || !visible() || document.readyState === 'loading') return;
    // @ts-expect-error: not every browser prerenders
    if (document.prerendering) return;
    visit.begin();
    answer();
    requestAnimationFrame(
      safely(() => {
        page.context ??= describe(window);
        connect();
      }),
    );
  };
  let cancel = () => {};
  on(document, 'visibilitychange', () => {
    cancel();
    moments.check();
    if (visible()) {
      moments.input();
      if (visit.begun) moments.signal('tab_return');
      connect();
      shows.next();
    } else {
      visit.rest();
      cancel = after(BACKGROUND_MS, () => socket.close());
    }
  });
  on(window, 'pagehide', () => {
    page.away = true;
    visit.rest();
    visit.begun = false;
    shows.leave();
    claims.release();
    socket.close();
  });
  on(window, 'pageshow', () => {
    if (page.away) queue.takeOver();
    page.away = false;
    begin();
  });
  on(document, 'DOMContentLoaded prerenderingchange visibilitychange', begin);
  on(window, 'online', connect);
  begin();
}

/** @param {ReturnType<typeof assemble>} parts */
function followShopper({ moments, visit }) {
  on(window, 'pointerdown pointermove keydown wheel touchstart touchmove', ({ isTrusted }) => {
    if (isTrusted) moments.input();
  });
  on(window, 'focus blur', () => moments.check());
  const moved = onSettled(document, now, after, () => visit.settled());
  onRoute(window, () => {
    visit.addressed();
    moved();
  });
}

/** @param {HTMLScriptElement} script */
function start(script) {
  const { site } = script.dataset;
  /** @type {Window & {shopbell?: import('./api.js').Api}} */
  const page = window;
  if (!site || page.shopbell?.v) return;
  const parts = assemble(new URL(script.src), site);
  const { carts, moments, visit } = parts;
  const answer = offerApi(page, {
    event: (name, data) => visit.report(name, data),
    cart: (cart) => carts.said(cart),
    consent: (choice) => visit.report('consent', choice),
  });
  followShopper(parts);
  listenForSignals(window, moments, now, isCoarse(window));
  followLife(parts, answer);
}

safely(start)(
  /** @type {HTMLScriptElement} */ (
    document.currentScript ?? document.querySelector('script[data-site]')
  ),
);
