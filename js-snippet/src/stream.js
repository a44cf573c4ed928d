/** What the engine says, and who listens to it. */

/**
 * @param {{
 *   queue: import('./queue.js').Queue,
 *   send: (frame: object) => void,
 *   carts: import('./cart.js').Carts,
 *   moments: import('./moments.js').Moments,
 *   shows: import('./shows.js').Shows,
 *   armed: () => void,
 * }} ports
 * @returns {(frame: import('./types.js').Frame) => void} takes one frame from the engine
 */
export function listenToEngine({ queue, send, carts, moments, shows, armed }) {
  return ({ type, seq = 0, doc, session = '', fire = '', popup = {}, arm }) => {
    if (type === 'welcome') {
      queue.applied(seq);
      queue.frames().forEach(send);
      carts.inSession(session);
    }
    if (type === 'ack') queue.applied(seq, doc);
    if (type === 'error') queue.refused(seq, doc);
    if (type === 'show') shows.show(fire, popup);
    if (type === 'hide') shows.hide(fire);
    if (!arm) return;
    moments.arm(arm);
    if (Object.keys(arm).length) armed();
  };
}
