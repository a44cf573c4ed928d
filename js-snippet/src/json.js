/** JSON as the browser has it: a shop may put another in its place, before us or after us. */

const { parse: read, stringify: write } = JSON;
const PROTOTYPES = [Object, Array, String, Number].map((each) => each.prototype);

/** @type {typeof JSON.parse} */
export const parse = read;

/**
 * Writes a value. Old libraries (Prototype.js 1.6) give all objects a `toJSON` that writes every value as a
 * text: it is put aside for the moment.
 *
 * @param {unknown} value @param {(key: string, value: any) => unknown} [replacer] @returns {string}
 */
export function stringify(value, replacer) {
  /** @type {any[]} */
  const spoilt = PROTOTYPES.filter((each) => Object.hasOwn(each, 'toJSON'));
  const kept = spoilt.map((each) => each.toJSON);
  for (const each of spoilt) delete each.toJSON;
  try {
    return write(value, replacer);
  } finally {
    spoilt.forEach((each, index) => {
      each.toJSON = kept[index];
    });
  }
}
