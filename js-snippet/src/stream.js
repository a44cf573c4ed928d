/** What the engine says, and who listens to it. */

/**
 * Takes one frame from the engine.
 *
 * @param {import('./types.js').Frame} frame
 * @param {{
 *   queue: import('./queue.js').Queue,
 *   send: (frame: object) => void,
 *   carts: import('./cart.js').CartReports,
 *   moments: import('./moments.js').Moments,
 *   shows: import('./shows.js').Shows,
 *   armed: (arm: import('./types.js').Arm) => void,
 * }} ports
 */
export function receive({ type, seq = 0, doc, session, fire = '', popup = {}, arm }, ports) {
  const { queue, send, carts, moments, shows, armed } = ports;
  if (type === 'welcome') {
    queue.applied(seq);
    for (const frame of queue.frames()) send(frame);
    if (session) carts.inSession(session, queue.waits('cart'));
  }
  if (type === 'ack') queue.applied(seq, doc);
  if (type === 'error') queue.refused(seq, doc);
  if (type === 'show') shows.show(fire, popup);
  if (type === 'hide') shows.hide(fire);
  if (!arm) return;
  moments.arm(arm);
  armed(arm);
}
