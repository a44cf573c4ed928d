/**
 * Make an element from attributes, listeners and children.
 *
 * Only createElement, setAttribute and text nodes: nothing here is an injection sink, so a page with
 * a strict Content-Security-Policy and Trusted Types has nothing to allow.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | undefined | ((event: any) => void)>} [attributes] a function is a listener of that event
 * @param {...(Node | string | false | undefined)} children falsy ones are left out
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * Draw a line icon on a 24 x 24 field; the sheet gives it size and colour.
 *
 * @param {string} path
 */
export function icon(path) {
  const [drawing, line] = /** @type {[SVGSVGElement, SVGPathElement]} */ (
    ['svg', 'path'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag))
  );
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  drawing.append(line);
  return drawing;
}

/**
 * The round button that closes a popup.
 *
 * @param {string | undefined} label
 * @param {() => void} close
 */
export function closeButton(label, close) {
  return make(
    'button',
    { class: 'close', type: 'button', 'aria-label': label, click: close },
    icon('M7 7l10 10M17 7 7 17'),
  );
}
