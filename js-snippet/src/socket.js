/** The one connection of a document to the engine. */
import { retryDelay } from './backoff.js';
import { safely } from './safe.js';

/** A proxy may take the connection and never let a frame through. */
const FIRST_FRAME_MS = 5_000;
/** So long without an answer, the other end is gone. */
const SILENCE_MS = 10_000;
/** A connection that held for so long was none of a row of failures. */
const UPTIME_MS = 5_000;

/** @type {import('./types.js').Cancel} */
const nothing = () => {};

export class Socket {
  /** @type {WebSocket | null} */
  #socket = null;
  #quiet = false;
  #failures = 0;
  #welcomedMs = 0;
  /** Not to be asked again before. */
  #retryMs = 0;
  #ports;
  /** Ends the turn of this tab. */
  #settled = nothing;
  /** Ends the place in the line. @type {AbortController | null} */
  #line = null;
  #cancelRetry = nothing;
  #cancelWatch = nothing;
  #watched = false;
  /** Whether events may be sent. */
  welcomed = false;

  /**
   * @param {{
   *   open: () => WebSocket,
   *   token: import('./token.js').Token,
   *   hello: () => object,
   *   receive: (frame: import('./types.js').Frame) => void,
   *   wanted: () => boolean,
   *   waits: () => boolean,
   *   now: () => number,
   *   after: import('./types.js').After,
   *   random: () => number,
   * }} ports
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** Connects, unless that is done, forbidden, or not wanted now. */
  connect() {
    const { wanted, now, after } = this.#ports;
    if (this.#socket || this.#line || this.#quiet || !wanted()) return;
    this.#cancelRetry();
    const waitMs = this.#retryMs - now();
    if (waitMs > 0) {
      this.#cancelRetry = after(waitMs, () => this.connect());
      return;
    }
    const line = new AbortController();
    this.#line = line;
    this.#ports.token.inTurn(() => this.#open(line), line.signal);
  }

  /** @param {AbortController} line @returns {Promise<void>} */
  #open(line) {
    return new Promise((settled) => {
      if (this.#line !== line) return settled();
      this.#line = null;
      if (!this.#ports.wanted()) return settled();
      this.#settled = settled;
      const socket = safely(this.#ports.open)();
      if (socket) this.#listen(socket);
      else this.#lost(0, '');
    });
  }

  /** @param {WebSocket} socket */
  #listen(socket) {
    this.#socket = socket;
    this.#watch(FIRST_FRAME_MS);
    socket.onopen = safely(() => socket.send(JSON.stringify(this.#ports.hello())));
    socket.onmessage = safely((message) => {
      if (socket === this.#socket) this.#receive(JSON.parse(message.data));
    });
    socket.onclose = safely(({ code, reason }) => {
      if (socket === this.#socket) this.#lost(code, reason);
    });
  }

  /** @param {import('./types.js').Frame} frame */
  #receive(frame) {
    this.#unwatch();
    if (frame.type === 'welcome') {
      this.welcomed = true;
      this.#welcomedMs = this.#ports.now();
      if (frame.token) this.#ports.token.keep(frame.token);
      this.#settled();
    }
    this.#ports.receive(frame);
    if (this.#socket && this.#ports.waits()) this.#watch(SILENCE_MS);
  }

  /** @param {object} frame */
  send(frame) {
    if (!this.welcomed) return;
    this.#socket?.send(JSON.stringify(frame));
    if (!this.#watched) this.#watch(SILENCE_MS);
  }

  /** Gives up the connection if nothing is heard for so long. @param {number} ms */
  #watch(ms) {
    this.#unwatch();
    this.#watched = true;
    this.#cancelWatch = this.#ports.after(ms, () => this.#lost(0, ''));
  }

  #unwatch() {
    this.#cancelWatch();
    this.#watched = false;
  }

  /** @param {number} code @param {string} reason */
  #lost(code, reason) {
    const { now, random } = this.#ports;
    if (this.welcomed && now() - this.#welcomedMs > UPTIME_MS) this.#failures = 0;
    this.close();
    const delayMs = retryDelay(code, reason, this.#failures++, random);
    if (delayMs === null) this.#quiet = true;
    else {
      this.#retryMs = now() + delayMs;
      this.connect();
    }
  }

  /**
   * Closes the connection for now. It is forgotten at once: a page that returns from the
   * back/forward cache hears of its return before it hears that its socket closed.
   */
  close() {
    const socket = this.#socket;
    this.#socket = null;
    this.welcomed = false;
    this.#line?.abort();
    this.#line = null;
    this.#unwatch();
    this.#cancelRetry();
    this.#settled();
    socket?.close();
  }
}
