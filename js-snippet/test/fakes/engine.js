/** The other end of the sockets. */

/** One socket as the snippet sees it; the test plays the engine's part. */
export class FakeSocket {
  /** @type {any[]} */
  sent = [];
  closed = false;
  /** @type {number | undefined} */
  code;
  onopen = () => {};
  /** @type {(message: {data: string}) => void} */
  onmessage = () => {};
  /** @type {(close: {code: number, reason: string}) => void} */
  onclose = () => {};

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  /** @param {number} [code] */
  close(code) {
    this.closed = true;
    this.code = code;
  }

  /** The engine sends a frame. @param {object} frame */
  say(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  /** The connection stands, and the engine takes the hello. @param {object} [more] */
  welcome(more) {
    this.onopen();
    this.say({ type: 'welcome', v: 1, token: 'a-token', seq: 0, ...more });
  }

  /** The engine hangs up. @param {number} code @param {string} [reason] */
  hangUp(code, reason = '') {
    this.onclose({ code, reason });
  }
}
