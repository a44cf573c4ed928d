/** What the engine says, and who listens to it. */
import { stringify } from './json.js';
import { bare } from './safe.js';

/**
 * @param {{
 *   queue: import('./queue.js').Queue,
 *   send: (frame: object) => void,
 *   carts: import('./carts.js').Carts,
 *   near: (act: (near: import('./types.js').Near) => void) => void,
 *   now: () => number,
 * }} ports
 * @returns {(frame: import('./types.js').Frame) => void} takes one frame from the engine
 */
export function listenToEngine({ queue, send, carts, near, now }) {
  let anyArmed = false;
  return (frame) => {
    // what the shop put into all objects is none of the engine's words
    const { type, seq = 0, doc, session = '', fire = '', popup = {}, arm } = bare(frame);
    const atMs = now();
    if (type === 'welcome') {
      queue.applied(seq);
      queue.frames().forEach(send);
      carts.inSession(session);
    }
    if (type === 'ack') queue.applied(seq, doc);
    if (type === 'error') queue.refused(seq, doc);
    if (type === 'show') near((shows) => shows.show(fire, popup, atMs));
    if (type === 'hide') near((shows) => shows.hide(fire));
    if (!arm) return;
    anyArmed ||= stringify(arm) !== '{}';
    if (anyArmed) near((watch) => watch.arm(arm, atMs));
  };
}
