/** The events that the engine has not acknowledged yet. */

/** @typedef {import('./types.js').QueuedEvent} QueuedEvent */

const KEY = 'shopbell.queue';
const MOST_EVENTS = 200;
const MOST_STORED = 48 * 1024;
/** The engine takes frames of 16 KiB; some of that is for the frame around the event. */
const MOST_BYTES = 15 * 1024;

/** @param {any} event */
const sound = (event) =>
  typeof event?.doc === 'string' && event.seq > 0 && typeof event.name === 'string';

/**
 * Keeps a document's events until they are acknowledged, and with them what earlier
 * documents of the tab left behind.
 */
export class Queue {
  /** @type {QueuedEvent[]} */
  #events = [];
  #seq = 0;
  #doc;
  #store;

  /** @param {string} doc @param {import('./store.js').Store} store of the tab */
  constructor(doc, store) {
    this.#doc = doc;
    this.#store = store;
    this.takeOver();
  }

  /** Reads what other documents of the tab left behind; it goes before the own events. */
  takeOver() {
    const own = this.#events.filter((event) => event.doc === this.#doc);
    let left;
    try {
      left = JSON.parse(this.#store.get(KEY) ?? '[]');
    } catch {
      left = [];
    }
    if (!Array.isArray(left)) left = [];
    left = left.filter((event) => sound(event) && event.doc !== this.#doc);
    this.#events = [...left, ...own].slice(-MOST_EVENTS);
  }

  /**
   * Adds an event of this document; the oldest make room for it.
   *
   * @param {string} name @param {object} data is copied: the shop may go on changing its own
   * @param {import('./types.js').Page | null} page that it belongs to
   * @returns {QueuedEvent | undefined} undefined if no frame can hold it
   */
  add(name, data, page) {
    const text = JSON.stringify(data);
    if (new TextEncoder().encode(text).length > MOST_BYTES) return;
    const event = { doc: this.#doc, seq: ++this.#seq, name, data: JSON.parse(text), page };
    this.#events = [...this.#events, event].slice(-MOST_EVENTS);
    return event;
  }

  /** Every event up to this one is applied. @param {number} seq @param {string} [doc] */
  applied(seq, doc = this.#doc) {
    this.#events = this.#events.filter((event) => event.doc !== doc || event.seq > seq);
  }

  /** This one event is refused for ever. @param {number} seq @param {string} [doc] */
  refused(seq, doc = this.#doc) {
    this.#events = this.#events.filter((event) => event.doc !== doc || event.seq !== seq);
  }

  /** The frames to send after a welcome, in their order. */
  frames() {
    return this.#events.map((event) => this.frame(event));
  }

  /** @param {QueuedEvent} event */
  frame({ doc, seq, name, data, page }) {
    const carried = doc !== this.#doc && { doc, page };
    return { type: 'event', ...carried, seq, name, data };
  }

  /** @param {string} [name] @returns {boolean} whether events, or those of a name, wait */
  waits(name) {
    return this.#events.some((event) => !name || event.name === name);
  }

  /** Leaves what is unacknowledged to the tab's next document, the oldest dropped first. */
  save() {
    let events = this.#events;
    let text = JSON.stringify(events);
    while (text.length > MOST_STORED) {
      events = events.slice(Math.ceil(events.length / 8));
      text = JSON.stringify(events);
    }
    this.#store.set(KEY, events.length ? text : null);
  }
}
