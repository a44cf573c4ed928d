/** Reads what shop platforms say of themselves. Fetched where a platform or a data layer is found. */

/** @param {import('../types.js').ReaderPorts} _ports @returns {void | Promise<void>} settles when the page was read */
export function read(_ports) {}
