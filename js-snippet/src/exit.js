/** What a page that is left sends with its last breath. */
import { parse, stringify } from './json.js';
import { bare } from './safe.js';

/** The browser takes 64 KB of such requests, for all of the page's scripts. */
const MOST_BYTES = 50_000;

/**
 * Sends frames by a request that outlives the page. All of it is written at once: there is no later.
 *
 * @param {URL} url @param {object[]} frames the hello first; those that do not fit stay in the queue
 * @param {(frame: import('./types.js').Frame) => void} receive takes the answer, if the page is still there
 */
export function sendLast(url, frames, receive) {
  const lines = frames.map((frame) => stringify(frame));
  while (new Blob(lines).size > MOST_BYTES) lines.pop();
  const body = lines.join('\n');
  try {
    fetch(url, bare({ method: 'POST', body, keepalive: true }))
      .then((answer) => answer.text())
      .then((text) => {
        for (const line of text.trim().split('\n')) receive(parse(line));
      })
      .catch(() => {});
  } catch {
    navigator.sendBeacon(url, body);
  }
}
