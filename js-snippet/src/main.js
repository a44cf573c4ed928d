/** Listens to the page and to the shopper, and begins once the page is seen. */
import { offerApi } from './api.js';
import { describe } from './context.js';
import { site } from './here.js';
import {
  ask,
  carts,
  common,
  moments,
  near,
  now,
  queue,
  report,
  seek,
  sendRest,
  socket,
  state,
  visible,
  visit,
  withChunk,
} from './parts.js';
import { onSettled } from './quiet.js';
import { after, on, safely } from './safe.js';

/** A tab in the back for so long needs no connection. */
const BACKGROUND_MS = 60_000;
/** By then the engine has answered what a page that was hidden had to say; else it is said once more. */
const ANSWER_MS = 1_000;
/** Tells the engine that nobody will see here what it may have sent last. */
const PAGE_IS_LEFT = 4000;

const { document, location } = window;

/** Listens to the shopper, and to what the shop does to its page. */
function followShopper() {
  on(window, 'pointerdown pointermove keydown wheel touchstart touchmove', ({ isTrusted }) => {
    if (!isTrusted) return;
    moments.input();
    state.isTouched = true;
    near()?.next();
  });
  // who watches or listens is there; what plays without a sound is mostly decoration
  on(window, 'timeupdate', (/** @type {any} */ { target }) => target.muted || moments.input());
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

/** Listens to the page's coming and going. @param {() => void} begin */
function followLife(begin) {
  let cancel = () => {};
  let hiddenMs = Infinity;
  on(document, 'visibilitychange', () => {
    cancel();
    // Firefox says first that a page is seen again, and then that it is back
    if (state.isAway) return;
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
    state.isAway = true;
    near()?.leave();
    sendRest();
    socket.close(PAGE_IS_LEFT);
  });
  on(window, 'pageshow', () => {
    if (state.isAway) queue.takeOver();
    state.isAway = false;
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
      state.hears?.(name, data) || report(name, data);
    },
    cart: (cart) => carts.use((orders) => orders.said(cart)),
    consent: (choice) => ask().then((say) => say?.(choice)),
  });
  const measure = safely(() => {
    state.described ??= describe(window);
    visit.settled();
    socket.connect();
  });
  /** Begins once a page is seen: not prerendered, not in the background, and whole. */
  const begin = safely(() => {
    // @ts-expect-error: not every browser prerenders
    if (visit.begun() || !visible() || document.readyState === 'loading' || document.prerendering)
      return;
    seek(true);
    visit.begin(answer);
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
        state.overhears = act;
      },
      page: visit.page,
    }),
  ).then(go);
}

safely(start)();
