/**
 * Carries the frames where no WebSocket gets through: by POSTs, and once they get through, the engine's
 * frames by Server-Sent Events. Fetched after two WebSockets in a row that nothing was heard of.
 */
import { parse, stringify } from '../json.js';
import { recallJson, remember } from '../store.js';
import { listenTo } from './events.js';
import { postTo } from './posts.js';
import { tryAgain } from './trial.js';

const KEY = 'shopbell.way';
/** So long this tab goes without WebSockets. */
const KEEP_MS = 600_000;
/** How often to ask for news, where the engine cannot send any by itself. */
const ACTIVE_MS = 3_000;
const IDLE_MS = 15_000;
/** The engine takes 50 KB; the hello is in it. */
const MOST_BYTES = 45_000;
/** Events that are not answered by an event stream for so long are held up on the way. */
const HELD_UP_MS = 5_000;

/**
 * @param {import('../types.js').Carrier} carrier comes to life; the first POST is its hello
 * @param {import('../types.js').CarrierPorts} ports
 */
export function carry(carrier, ports) {
  const { window, engine, site, tab, hello, active, now, after } = ports;
  /** @type {string[]} */
  const outbox = [];
  let busy = false;
  let over = false;
  let welcomed = false;
  /** The event stream that takes the engine's frames to us. */
  let stream = '';
  /** Whether it is ours: a request that names it was taken. */
  let bound = false;
  /** Since when nothing came by it although something is due. */
  let dueMs = 0;
  /** @type {WebSocket | undefined} */
  let socket;
  let stopListening = () => {};
  let cancel = () => {};
  /** @type {string | undefined} */
  let way = recallJson(tab, KEY)?.[1];

  /** @param {string} next */
  const settleOn = (next) => {
    way = next;
    remember(tab, KEY, stringify([Date.now() + KEEP_MS, next]));
  };

  const stop = () => {
    over = true;
    cancel();
    stopListening();
    socket?.close();
    // an event stream that answers nothing is a proxy that holds it up
    if (dueMs && now() - dueMs > HELD_UP_MS) settleOn('post');
  };

  /** @param {number} code @param {string} [reason] */
  const end = (code, reason = '') => {
    if (over) return;
    stop();
    carrier.onclose({ code, reason });
  };

  /** Hands on a frame. A further welcome is an acknowledgement to a page that is connected. @param {string} data */
  const take = (data) => {
    if (over) return;
    const { type, code, reason, seq, arm } = parse(data);
    dueMs = 0;
    // an event stream whose hello got lost is closed for that: no reason to be quiet
    if (type === 'close') end(stream && !bound ? 0 : code, reason);
    else if (type !== 'welcome' || !welcomed) carrier.onmessage({ data });
    else carrier.onmessage({ data: stringify({ type: 'ack', seq, arm }) });
    welcomed ||= type === 'welcome';
  };

  /** Takes as many frames as one request may carry. */
  const nextBatch = () => {
    let count = 0;
    for (let size = 0; count < outbox.length; count++) {
      size += new Blob([outbox[count] ?? '']).size + 1;
      if (size > MOST_BYTES && count) break;
    }
    return outbox.splice(0, count);
  };

  /** Sends what waits, or asks for news; one request at a time. */
  const flush = () => exchange().catch(() => end(0));

  const exchange = async () => {
    cancel();
    if (busy || over || socket) return;
    busy = true;
    const named = stream;
    const frames = [stringify(hello()), ...nextBatch()];
    if (named && frames.length > 1) dueMs ||= now();
    const address = engine(`v1/events?site=${site}&stream=${named}`);
    const { code, lines } = await postTo(window, address, frames, after);
    busy = false;
    lines.forEach(take);
    if (code) return end(code);
    if (named) bound = !lines.length;
    if (named && !bound) {
      // another process of the engine answered: it cannot reach our event stream
      stopListening();
      stream = '';
      settleOn('post');
    }
    rest();
  };

  /** Waits for the next reason to send. A page that is not seen asks for nothing. */
  const rest = () => {
    cancel();
    if (over || socket) return;
    if (outbox.length || (stream && !bound)) flush();
    else if (!stream) {
      const ms = active() ? ACTIVE_MS : IDLE_MS;
      cancel = after(ms, () => (window.document.visibilityState === 'visible' ? flush() : rest()));
    }
  };

  /** Has the engine send its frames by itself. */
  const listen = () => {
    stopListening = listenTo(window, engine(`v1/sse?site=${site}`), after, {
      take,
      /** @param {string} id */
      opened(id) {
        stream = id;
        settleOn('sse');
        flush();
      },
      failed() {
        if (stream) end(0);
        else settleOn('post');
      },
    });
  };

  /** Looks for a better way than requests alone. */
  const improve = async () => {
    if (over || way === 'post') return;
    // WebSockets fail while an engine restarts, too: now that it answers, one more is tried
    socket = way ? undefined : await tryAgain(ports, take, end);
    if (over) socket?.close();
    else if (socket) for (const text of outbox.splice(0)) socket.send(text);
    else listen();
  };

  carrier.close = stop;
  carrier.send = (text) => {
    if (socket) return socket.send(text);
    outbox.push(text);
    cancel();
    cancel = after(0, flush);
  };
  if (!carrier.closed) flush().then(improve);
}
