/** What a page's fetch, EventSource and WebSocket meet: the test says what gets through. */
import { FakeSocket } from './engine.js';

/** Answers by what the test says. */
export class Network {
  /** Bodies posted, with the event stream they name. @type {{lines: any[], stream: string}[]} */
  posted = [];
  /** @type {(lines: any[], stream: string) => {status?: number, lines?: object[], text?: string} | null} null: nobody answers */
  answer = () => ({ lines: [{ type: 'welcome', token: 'a-token', seq: 0 }] });
  /** @type {any[]} */
  sources = [];
  /** @type {FakeSocket[]} */
  sockets = [];

  /** A window in this network. */
  window() {
    const network = this;
    return /** @type {any} */ ({
      document: { visibilityState: 'visible' },
      fetch: (/** @type {URL} */ url, /** @type {any} */ { body }) => this.#fetch(url, body),
      EventSource: class {
        closed = false;
        constructor() {
          network.sources.push(this);
        }
        close() {
          this.closed = true;
        }
      },
      WebSocket: class extends FakeSocket {
        constructor() {
          super();
          network.sockets.push(this);
        }
      },
    });
  }

  /** @param {URL} url @param {string} body */
  async #fetch(url, body) {
    const lines = body.split('\n').map((line) => JSON.parse(line));
    const stream = url.searchParams.get('stream') ?? '';
    this.posted.push({ lines, stream });
    const answer = this.answer(lines, stream);
    if (!answer) throw new TypeError('Failed to fetch');
    const text = answer.text ?? (answer.lines ?? []).map((line) => JSON.stringify(line)).join('\n');
    const status = answer.status ?? 200;
    return { status, ok: status < 300, text: async () => text };
  }
}
