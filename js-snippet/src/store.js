/**
 * One of the browser's storages. A blocked or full one throws: then the page's memory
 * has to do.
 */
export class Store {
  #area;
  /** @type {Map<string, string>} */
  #memory = new Map();

  /** @param {() => Storage} area to touch it may already throw */
  constructor(area) {
    this.#area = area;
  }

  /** @param {string} key @returns {string | null} */
  get(key) {
    try {
      return this.#area().getItem(key);
    } catch {
      return this.#memory.get(key) ?? null;
    }
  }

  /** @param {string} key @param {string | null} value null forgets the key */
  set(key, value) {
    if (value === null) this.#memory.delete(key);
    else this.#memory.set(key, value);
    try {
      if (value === null) this.#area().removeItem(key);
      else this.#area().setItem(key, value);
    } catch {
      // the memory has it
    }
  }
}
