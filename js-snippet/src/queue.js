/** The events that the engine has not acknowledged yet. */
import { parse, stringify } from './json.js';
import { recallJson, remember } from './store.js';
import { whole } from './text.js';

/** @typedef {import('./types.js').QueuedEvent} QueuedEvent */
/** @typedef {ReturnType<typeof openQueue>} Queue */

const KEY = 'shopbell.queue';
const MOST_STORED = 48 * 1024;
/** The engine takes frames of 16 KiB; some of that is for the page that the event belongs to. */
const MOST_BYTES = 12 * 1024;

/**
 * Keeps a document's events until they are acknowledged, and with them what earlier
 * documents of the tab left behind.
 *
 * @param {string} own name of the document @param {import('./store.js').Area} tab
 * @param {() => number} most how many events there may be: the oldest make room
 */
export function openQueue(own, tab, most) {
  /** @type {QueuedEvent[]} */
  let events = [];
  let lastSeq = 0;
  /** The first touch of a storage may block the page for 10 ms: not while the script starts. */
  let taken = false;

  /** @param {QueuedEvent} event */
  const frame = ({ doc, seq, name, data, page }) => ({
    type: 'event',
    ...(doc !== own && { doc, page }),
    seq,
    name,
    data,
  });

  /** Reads what other documents of the tab left behind; it goes before the own events. */
  const takeOver = () => {
    /** @type {QueuedEvent[]} */
    const left = recallJson(tab, KEY)?.filter?.(
      (/** @type {any} */ event) => event?.doc && event.doc !== own && event.seq > 0 && event.name,
    );
    events = [...(left ?? []), ...events.filter(({ doc }) => doc === own)].slice(-most());
    taken = true;
  };

  return {
    takeOver,

    /**
     * Adds an event of this document.
     *
     * @param {string} name @param {any} data is copied: the shop may go on changing its own; of items that no frame
     *   can hold, the first are told
     * @param {import('./types.js').Page | null} page that it belongs to
     * @returns {object | undefined} its frame, undefined if no frame can hold it
     */
    add(name, data, page) {
      const text = stringify(data, (_, value) =>
        typeof value === 'string' ? whole(value) : value,
      );
      if (new Blob([text]).size > MOST_BYTES)
        return (
          data.items?.[0] &&
          this.add(name, { ...data, items: data.items.slice(0, data.items.length * 0.8) }, page)
        );
      const event = { doc: own, seq: ++lastSeq, name, data: parse(text), page };
      events = [...events, event].slice(-most());
      return frame(event);
    },

    /** Every event up to this one is applied. @param {number} last @param {string} [of] document */
    applied(last, of = own) {
      events = events.filter(({ doc, seq }) => doc !== of || seq > last);
    },

    /** This one event is refused for ever. @param {number} one @param {string} [of] document */
    refused(one, of = own) {
      events = events.filter(({ doc, seq }) => doc !== of || seq !== one);
    },

    waits: () => events.length > 0,

    /** The frames to send after a welcome, in their order. */
    frames() {
      if (!taken) takeOver();
      return events.map(frame);
    },

    /** Leaves what is unacknowledged to the tab's next document, the oldest dropped first. */
    save() {
      if (!taken) takeOver();
      let kept = events;
      while (stringify(kept).length > MOST_STORED) kept = kept.slice(1);
      remember(tab, KEY, stringify(kept));
    },
  };
}
