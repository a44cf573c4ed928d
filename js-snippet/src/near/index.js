/**
 * What a page needs when a popup may be near: the watch over armed moments, and the popups' own order.
 * Fetched when the engine arms a first moment, or sends a first popup.
 */
import { watchArmed } from './armed.js';
import { keepClaims } from './claims.js';
import { keepQuiet } from './quiet.js';
import { showPopups } from './shows.js';

/** @param {import('../types.js').NearPorts} ports @returns {import('../types.js').Near} */
export function comeNear(ports) {
  const { claim, release } = keepClaims(ports.window.navigator.locks);
  const calm = keepQuiet(ports.window, ports.now);
  const { leave, ...shows } = showPopups({ ...ports, claim, calm });
  return {
    ...watchArmed(ports),
    ...shows,
    leave() {
      leave();
      release();
    },
  };
}
