/** The engine's frames by Server-Sent Events. */
import { parse } from '../json.js';
import { safely } from '../safe.js';

/** A proxy may take the request and hold back the answer. */
const FIRST_MS = 5_000;

/**
 * @param {Window & typeof globalThis} window @param {URL} url @param {import('../types.js').After} after
 * @param {{take: (data: string) => void, opened: (id: string) => void, failed: () => void}} hear failed: also if it
 *   was open
 * @returns {() => void} stops
 */
export function listenTo(window, url, after, { take, opened, failed }) {
  const source = safely(() => new window.EventSource(url))();
  const stop = () => {
    cancel();
    source?.close();
  };
  const fail = () => {
    stop();
    failed();
  };
  const cancel = after(FIRST_MS, fail);
  if (!source) {
    fail();
    return stop;
  }
  source.onerror = safely(fail);
  source.onmessage = safely(({ data }) => {
    const { type, id } = parse(data);
    if (type !== 'stream') return take(data);
    cancel();
    opened(id);
  });
  return stop;
}
