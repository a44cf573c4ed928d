/**
 * What a page needs when a popup may be near: the watch over armed moments, and the popups' own order.
 * Fetched when the engine arms a first moment, or sends a first popup.
 */
import { isCoarse } from '../context.js';
import { watchArmed } from './armed.js';
import { keepClaims } from './claims.js';
import { keepQuiet } from './quiet.js';
import { showPopups } from './shows.js';

/** @param {import('../types.js').NearPorts} ports @returns {import('../types.js').Near} */
export function comeNear(ports) {
  const { window, now, after, load, touched } = ports;
  const { document, location, navigator } = window;
  const { claim, release } = keepClaims(navigator.locks);
  const calm = keepQuiet(window, now);
  const watch = watchArmed(ports);

  /**
   * The view that a phone lands on belongs to the shop, until the shopper has touched it. A view that
   * the shop itself led to is none.
   */
  const landing = () =>
    !touched() && isCoarse(window) && !document.referrer.startsWith(location.origin);

  const { leave, ...shows } = showPopups({ ...ports, claim, calm, landing });
  return {
    ...watch,
    ...shows,

    arm(arm, sinceMs) {
      watch.arm(arm, sinceMs);
      // a popup may be near: have its code here before the moment comes. Safari has no idle callbacks
      const soon =
        window.requestIdleCallback ?? ((/** @type {() => void} */ act) => after(200, act));
      if (Object.keys(arm).length) soon(load);
    },

    leave() {
      leave();
      release();
    },
  };
}
