/**
 * The browser's storages: they throw when they are blocked or full, and then remember
 * nothing.
 */
import { parse } from './json.js';
import { safely } from './safe.js';

/** @typedef {() => Storage} Area to touch it may already throw */

export const recall = safely((/** @type {Area} */ area, /** @type {string} */ key) =>
  area().getItem(key),
);

export const remember = safely(
  (/** @type {Area} */ area, /** @type {string} */ key, /** @type {string} */ value) =>
    area().setItem(key, value),
);

/**
 * What is kept as JSON, undefined if it is none.
 *
 * @param {Area} area @param {string} key @returns {any}
 */
export const recallJson = safely((/** @type {Area} */ area, /** @type {string} */ key) =>
  parse(recall(area, key) ?? ''),
);
