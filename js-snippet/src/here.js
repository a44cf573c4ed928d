/** Where the snippet stands: its script, the site's key, the engine, and a name for the document. */

const { document } = window;
export const script = /** @type {HTMLScriptElement} */ (
  document.currentScript ?? document.querySelector('script[data-site]')
);
/** A tag manager writes no attributes: its key stands in the address. */
export const site = script?.dataset.site ?? /[?&]site=(\w+)/.exec(script?.src)?.[1];
/** @param {string} path of the engine that served the script, beside it: the shop may have put a path of its own before both */
export const engine = (path) => new URL(path, script?.src);

/** A name for this document that nobody ever had. */
export const doc = [...crypto.getRandomValues(new Uint32Array(3))]
  .map((n) => n.toString(36).padStart(7, '0'))
  .join('');
