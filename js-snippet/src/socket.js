/** The one connection of a document to the engine. */

import { retryDelay } from './backoff.js';
import { parse, stringify } from './json.js';
import { safely } from './safe.js';

/** A proxy may take the connection and never let a frame through. */
const FIRST_FRAME_MS = 5_000;
/** So long without an answer, the other end is gone. */
const SILENCE_MS = 10_000;
/** A connection that held for so long was none of a row of failures. */
const UPTIME_MS = 5_000;

/** @typedef {ReturnType<typeof keepConnected>} Socket */
/** @typedef {import('./types.js').Carrier} Carrier */

/**
 * @param {{
 *   open: () => Carrier,
 *   carry: (carrier: Carrier) => Promise<boolean | undefined>,
 *   carried: () => boolean,
 *   token: import('./token.js').Token,
 *   hello: () => object,
 *   receive: (frame: import('./types.js').Frame) => void,
 *   wanted: () => unknown,
 *   waits: () => boolean,
 *   now: () => number,
 *   after: import('./types.js').After,
 *   random: () => number,
 * }} ports carry: brings to life what stands for a WebSocket; carried: it did so lately
 */
export function keepConnected({
  open,
  carry,
  carried,
  token,
  hello,
  receive,
  wanted,
  waits,
  now,
  after,
  random,
}) {
  /** @type {Carrier | null} */
  let socket = null;
  let welcomed = false;
  let quiet = false;
  let failures = 0;
  /** Tries in a row that ended before a first frame: after two, the third does without a WebSocket. */
  let unheard = 0;
  let heard = false;
  let other = false;
  let welcomedMs = 0;
  /** Not to be asked again before. */
  let retryMs = 0;
  /** The place in the line of tabs. @type {AbortController | null} */
  let line = null;
  let endTurn = () => {};
  let cancelRetry = () => {};
  /** @type {import('./types.js').Cancel | null} */
  let cancelWatch = null;

  const unwatch = () => {
    cancelWatch?.();
    cancelWatch = null;
  };

  /** Gives up the connection if nothing is heard for so long. @param {number} ms */
  const watch = (ms) => {
    cancelWatch ??= after(ms, () => lost());
  };

  /**
   * Closes the connection for now. It is forgotten at once: a page that returns from the
   * back/forward cache hears of its return before it hears that its socket closed.
   *
   * @param {number} [code] says why
   */
  const close = (code) => {
    const closing = socket;
    socket = null;
    welcomed = false;
    line?.abort();
    line = null;
    unwatch();
    cancelRetry();
    endTurn();
    closing?.close(code);
  };

  /** @param {number} [code] of the close frame, if one came @param {string} [reason] */
  const lost = (code, reason) => {
    if (welcomed && now() - welcomedMs > UPTIME_MS) failures = 0;
    if (!heard) unheard++;
    close();
    const delayMs = retryDelay(code, reason, failures++, random);
    quiet = delayMs === null;
    retryMs = now() + (delayMs ?? 0);
    connect();
  };

  /** @param {import('./types.js').Frame} frame */
  const take = (frame) => {
    unwatch();
    heard = true;
    if (!other) unheard = 0;
    if (frame.type === 'welcome') {
      welcomed = true;
      welcomedMs = now();
      if (frame.token) token.keep(frame.token);
      endTurn();
    }
    receive(frame);
    if (socket && waits()) watch(SILENCE_MS);
  };

  /** Stands for a WebSocket, and comes to life when its code is here. */
  const stand = () => {
    /** @type {any} */
    const carrier = {
      close() {
        carrier.closed = true;
      },
    };
    carry(carrier).then((came) => came || carrier.onclose({}));
    return carrier;
  };

  /** @returns {Carrier} */
  const call = () => {
    heard = false;
    other = unheard % 3 > 1 || carried();
    return other ? stand() : open();
  };

  /** @param {Carrier} dialled */
  const attend = (dialled) => {
    socket = dialled;
    // what stands for a WebSocket has a patience of its own with each of its ways
    watch(FIRST_FRAME_MS * (other ? 4 : 1));
    dialled.onopen = safely(() => dialled.send(stringify(hello())));
    dialled.onmessage = safely(({ data }) => {
      if (dialled === socket) take(parse(data));
    });
    dialled.onclose = safely(({ code, reason }) => {
      if (dialled === socket) lost(code, reason);
    });
  };

  /** @param {AbortController} place in the line @returns {Promise<void>} */
  const dial = (place) =>
    new Promise((settled) => {
      if (line !== place) return settled();
      line = null;
      if (!wanted()) return settled();
      endTurn = settled;
      const dialled = safely(call)();
      if (dialled) attend(dialled);
      else lost();
    });

  /** Connects, unless that is done, forbidden, or not wanted now. */
  const connect = () => {
    if (socket || line || quiet || !wanted()) return;
    cancelRetry();
    const waitMs = retryMs - now();
    if (waitMs > 0) {
      cancelRetry = after(waitMs, connect);
      return;
    }
    line = new AbortController();
    const place = line;
    token.inTurn(() => dial(place), place.signal);
  };

  return {
    connect,
    close,

    /** Sends a frame, if the engine is there; else it waits in the queue. @param {object} frame */
    send(frame) {
      if (!welcomed) return;
      socket?.send(stringify(frame));
      watch(SILENCE_MS);
    },
  };
}
