/** Shows the merchant what the snippet sees: `?shopbell=debug` in the page's address. */

/** @param {import('../types.js').DebugPorts} _ports */
export function debug(_ports) {}
