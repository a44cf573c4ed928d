/** As much of a document as the popups build themselves from. */

class FakeClasses {
  /** @param {FakeElement} element */
  constructor(element) {
    this.element = element;
  }

  get all() {
    return (this.element.attributes.get('class') ?? '').split(/\s+/).filter(Boolean);
  }

  /** @param {string} name */
  contains(name) {
    return this.all.includes(name);
  }

  /** @param {string[]} names */
  add(...names) {
    for (const name of names) this.toggle(name, true);
  }

  /** @param {string[]} names */
  remove(...names) {
    for (const name of names) this.toggle(name, false);
  }

  /** @param {string} name @param {boolean} on */
  toggle(name, on) {
    const others = this.all.filter((each) => each !== name);
    this.element.attributes.set('class', [...others, ...(on ? [name] : [])].join(' '));
  }
}

export class FakeElement {
  /** @type {Map<string, string>} */
  attributes = new Map();
  /** @type {(FakeElement | string)[]} */
  childNodes = [];
  /** @type {FakeElement | null} */
  parentElement = null;
  /** @type {Map<string, ((event: any) => void)[]>} */
  listeners = new Map();
  classList = new FakeClasses(this);
  value = '';
  checked = false;
  isConnected = true;
  offsetHeight = 320;
  scrollTop = 0;
  scrollHeight = 0;
  focused = 0;
  /** @type {Record<string, string>} */
  style = {};

  /** @param {string} localName */
  constructor(localName) {
    this.localName = localName;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes.set(name, value);
    if (name === 'id') this.id = value;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  /** @param {string} name */
  removeAttribute(name) {
    this.attributes.delete(name);
  }

  /** @param {string} name @param {(event: any) => void} act */
  addEventListener(name, act) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), act]);
  }

  /** What a shopper does to it. @param {string} name @param {object} [event] */
  fire(name, event) {
    for (const act of this.listeners.get(name) ?? [])
      act({ target: this, preventDefault() {}, ...event });
  }

  click() {
    this.fire('click');
  }

  focus() {
    this.focused += 1;
  }

  /** @param {(FakeElement | string)[]} nodes */
  append(...nodes) {
    for (const node of nodes) {
      if (node instanceof FakeElement) node.parentElement = this;
      this.childNodes.push(node);
    }
  }

  /** @param {(FakeElement | string)[]} nodes */
  replaceChildren(...nodes) {
    this.childNodes = [];
    this.append(...nodes);
  }

  /** @param {FakeElement} node */
  before(node) {
    node.parentElement = this.parentElement;
    const beside = this.parentElement?.childNodes ?? [];
    beside.splice(beside.indexOf(this), 0, node);
  }

  /** @param {FakeElement} node */
  replaceWith(node) {
    this.before(node);
    this.remove();
  }

  remove() {
    const beside = this.parentElement?.childNodes ?? [];
    beside.splice(beside.indexOf(this), 1);
  }

  get firstChild() {
    return this.childNodes[0];
  }

  /** @returns {string} */
  get textContent() {
    return this.childNodes
      .map((node) => (node instanceof FakeElement ? node.textContent : node))
      .join('');
  }

  set textContent(text) {
    this.childNodes = text ? [text] : [];
  }

  /** @returns {FakeElement[]} all that are in it, in the order of the page */
  get within() {
    return this.childNodes.flatMap((node) =>
      node instanceof FakeElement ? [node, ...node.within] : [],
    );
  }

  /** @param {string} selector a class or the name of an element */
  querySelectorAll(selector) {
    const [, dot, name = ''] = selector.match(/^(\.?)(.+)$/) ?? [];
    return this.within.filter((each) =>
      dot ? each.classList.contains(name) : each.localName === name,
    );
  }

  /** @param {string} selector @returns {FakeElement} that is there, or the test is wrong */
  one(selector) {
    const [found] = this.querySelectorAll(selector);
    if (!found) throw new Error(`there is no ${selector}`);
    return found;
  }

  /** The button, link or label that says so. @param {string} words @returns {FakeElement} */
  saying(words) {
    const found = this.within.find(
      (each) =>
        /^(button|a)$/.test(each.localName) &&
        (each.textContent === words || each.getAttribute('aria-label') === words),
    );
    if (!found) throw new Error(`nothing says ${words}`);
    return found;
  }

  closest() {
    return null;
  }

  matches() {
    return false;
  }

  getBoundingClientRect() {
    return {};
  }
}

/** Put a document into the place of the browser's. */
export function fakeDom() {
  const create = (/** @type {string} */ name) => new FakeElement(name);
  const page = /** @type {any} */ (globalThis);
  page.document = {
    baseURI: 'https://shop.example/tea/',
    createElement: create,
    createElementNS: (/** @type {string} */ _, /** @type {string} */ name) => create(name),
    querySelector: () => null,
  };
  page.matchMedia = () => ({ matches: false });
}
