/** As much of a document as the readers of pages look at. */

/**
 * @param {{
 *   jsonld?: unknown[],
 *   attributes?: Record<string, string>,
 *   title?: string,
 *   bodyClass?: string | null,
 * }} [page] null as bodyClass: there is no body
 * @returns {Document}
 */
export function fakeDocument({ jsonld = [], attributes = {}, title = '', bodyClass = '' } = {}) {
  const scripts = jsonld.map((thing) => ({
    textContent: typeof thing === 'string' ? thing : JSON.stringify(thing),
  }));
  return /** @type {any} */ ({
    title,
    body: bodyClass === null ? null : { className: bodyClass },
    querySelectorAll: () => scripts,
    querySelector: (/** @type {string} */ selector) => {
      const value = attributes[selector.slice(1, -1)];
      return value === undefined ? null : { getAttribute: () => value };
    },
  });
}

/** @param {string} address @returns {Location} */
export const at = (address) => /** @type {any} */ (new URL(address, 'https://shop.example'));
