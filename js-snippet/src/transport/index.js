/** Carries the frames where no WebSocket gets through. */

/**
 * @param {import('../types.js').Carrier} carrier comes to life
 * @param {import('../types.js').CarrierPorts} _ports
 */
export function carry(carrier, _ports) {
  carrier.onclose({ code: 0, reason: '' });
}
