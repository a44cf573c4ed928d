/**
 * What a page needs when a popup may be near: the watch over armed moments, the popups' own order, and the
 * renderer. Fetched when the engine arms a first moment, or sends a first popup.
 */
import { open } from '../popup/index.js';
import { part } from '../popup/part.js';
import { watchArmed } from './armed.js';
import { keepClaims } from './claims.js';
import { keepQuiet } from './quiet.js';
import { showPopups } from './shows.js';

export { open };

/** @param {import('../types.js').NearPorts} ports @returns {import('../types.js').Near} */
export function comeNear(ports) {
  const { window, touched, coarse } = ports;
  const { document, location, navigator } = window;
  const { claim, letGo } = keepClaims(navigator.locks);

  /**
   * The view that a phone lands on belongs to the shop, until the shopper has touched it. A view that
   * the shop itself led to is none.
   */
  const landing = () =>
    !touched() && coarse(window) && !document.referrer.startsWith(location.origin);

  const calm = keepQuiet({ ...ports, part });
  const draw = /** @type {import('../types.js').Renderer['open']} */ (open);
  const watch = watchArmed({ ...ports, part });
  return {
    ...watch,
    ...showPopups({ ...ports, ...watch, open: draw, claim, letGo, calm, landing }),
  };
}
