/** The parts, put together. Who the shopper is, and what the page says, is asked of what knows it best. */
import { findCarts } from './carts.js';
import { chunksOf, lazily } from './chunks.js';
import { dwellClock } from './clock.js';
import { isCoarse } from './context.js';
import { sendLast } from './exit.js';
import { asksConsent, hasReader, isVague } from './found.js';
import { doc, engine, script, site } from './here.js';
import { watchMoments } from './moments.js';
import { openQueue } from './queue.js';
import { after, on } from './safe.js';
import { keepConnected } from './socket.js';
import { recallJson } from './store.js';
import { listenToEngine } from './stream.js';
import { keepToken } from './token.js';
import { followPages } from './visit.js';

/** So many unacknowledged events are kept; fewer while nobody knows whether they may be sent. */
const MOST_EVENTS = 200;
const MOST_UNKNOWN = 50;
/** Until when this tab goes without WebSockets, in a list with whatever else the carrier keeps. */
const CARRIED = 'shopbell.way';

const { document, location, navigator } = window;
export const withChunk = chunksOf(engine);

/**
 * What others tell the parts: whether the page was left (it may come back), and whether the shopper has done something
 * here; what the browser says of itself, once the page is seen; who hears what the merchant reports, and tells whether
 * somebody else has told it; who hears of every frame.
 *
 * @type {{
 *   isAway?: boolean,
 *   isTouched?: boolean,
 *   described?: object,
 *   hears?: (name: string, data?: object) => unknown,
 *   overhears?: (frame: object, sent: boolean) => void,
 * }}
 */
export const state = {};
/** The cart told last. @type {object | undefined} */
let cart;
/** @type {import('./types.js').Consent} */
let consent = 'granted';
/** Whether the engine has yet to hear that the shopper is no longer to be known. */
let leaving = false;
/** @type {Promise<((choice: object) => void) | undefined> | undefined} */
let gate;
/** @type {Promise<void> | undefined} */
let reading;

export const now = () => performance.now();
export const visible = () => !(state.isAway || document.hidden);
const focused = () => document.hasFocus();
/** A machine without a network still reaches itself. */
const online = () => navigator.onLine || /\/(localhost|127\.|\[)/.test(script?.src);
/** Who does not consent has no storages: to touch them throws, as where they are blocked. */
const stored = () => consent === 'granted' && window;
const tab = () => /** @type {Window} */ (stored()).sessionStorage;
const browser = () => /** @type {Window} */ (stored()).localStorage;
/** @type {import('./types.js').Report} */
export const report = (name, data = {}) => {
  visit.report(name, data);
  // the shop may hear after us that the page is left
  if (state.isAway) {
    queue.save();
    sendRest();
  }
  if (name !== 'cart') return;
  cart = data;
  near()?.update();
};
/** @param {object} frame */
const send = (frame) => {
  state.overhears?.(frame, true);
  socket.send(frame);
};
const hello = () => ({
  type: 'hello',
  v: 1,
  // an empty one asks to be nobody, and to be forgotten soon
  token: token.value() ?? (consent === 'denied' ? '' : null),
  doc,
  page: visit.page(),
  context: state.described,
});

/** What every chunk may use. */
export const common = { window, document, script, site: String(site), engine, report, now, after };
const token = keepToken(browser, navigator.locks);
export const queue = openQueue(doc, tab, () =>
  consent === 'unknown' ? MOST_UNKNOWN : MOST_EVENTS,
);
export const carts = findCarts((act) => withChunk('o', act), tab, report);
const clock = dwellClock();
export const { made: near, use: withNear } = lazily(
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
      touched: () => state.isTouched,
      cart: () => cart,
    }),
);
export const moments = watchMoments({ clock, now, after, report, visible, focused, near });
export const visit = followPages({ document, location, now, after, queue, send, moments, carts });
const listen = listenToEngine({ queue, send, carts, near: withNear, now });
/** @param {import('./types.js').Frame} frame */
const receive = (frame) => {
  state.overhears?.(frame, false);
  listen(frame);
  part();
};
export const socket = keepConnected({
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
  wanted: () => state.described && consent !== 'unknown' && visible() && online(),
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
  if (next === 'unknown') {
    token.forget();
    socket.close();
  }
  part();
  socket.connect();
}

/** Has the gate's word, and until then nothing is stored or sent. */
export function ask() {
  if (!gate) agree('unknown');
  gate ??= withChunk('c', ({ gate }) => gate({ ...common, set: agree }));
  return gate;
}

/** Looks for whoever knows the shopper's will, or the page, better than we do. @param {boolean} [first] */
export function seek(first) {
  if (!gate && asksConsent(window, script)) ask();
  if (reading || !(hasReader(window) || (first && isVague(document, location)))) return;
  carts.use(() => {});
  reading = withChunk('r', ({ read }) =>
    read({
      ...common,
      carts,
      page: visit.better,
      settled: visit.reader,
      said: (act) => {
        state.hears = act;
      },
    }),
  );
  visit.hold(reading);
}

/** Sends what is not acknowledged by a request that outlives the page; the next page of the tab sends it again. */
export function sendRest() {
  // without a token it would be counted as somebody else than whom the next page becomes
  if (consent !== 'unknown' && token.value() && queue.waits()) {
    // of a page that is left, nobody will see what the answer would show
    const url = engine(`v1/events?site=${site}${state.isAway ? '&last' : ''}`);
    sendLast(url, [hello(), ...queue.frames()], listen);
  }
}
