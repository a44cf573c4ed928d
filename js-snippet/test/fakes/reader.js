/** A platform's reader in a page that is made of what it asks for. */
import { major, money } from '../../src/readers/money.js';
import { amount, clean } from '../../src/text.js';
import { aDesk } from './desk.js';

/**
 * @param {(desk: any) => void | (() => object | undefined)} read of the chunk
 * @param {{
 *   globals?: object,
 *   found?: Record<string, Record<string, string>[]>,
 *   scripts?: string[],
 *   answers?: Record<string, unknown>,
 *   memory?: object,
 *   cart?: import('../../src/types.js').Cart,
 * }} page found: by selector, the attributes (and `text`) of what is there; answers: of the shop, by address
 */
export function aReader(read, { globals, found = {}, scripts = [], answers = {}, ...past } = {}) {
  const { desk, ...told } = aDesk(past);
  /** @type {[RegExp, () => void][]} */
  const watched = [];
  /** @type {string[]} */
  const asked = [];
  const answer = async (/** @type {unknown} */ address) => {
    asked.push(String(address));
    return structuredClone(answers[String(address).split('?')[0] ?? '']);
  };
  const elements = (/** @type {string} */ selector) =>
    (found[selector] ?? []).map(({ text = '', ...attributes }) => ({
      textContent: text,
      getAttribute: (/** @type {string} */ name) => attributes[name] ?? null,
    }));
  const window = {
    ...globals,
    fetch: async (/** @type {unknown} */ address) => ({ ok: true, json: () => answer(address) }),
    location: new URL('https://shop.example/'),
  };
  const look = read({
    ...desk,
    window,
    document: {
      scripts: scripts.map((textContent) => ({ textContent })),
      querySelector: (/** @type {string} */ selector) => elements(selector)[0] ?? null,
      querySelectorAll: elements,
    },
    told: () => told.carts.at(-1) ?? past.cart,
    amount,
    clean,
    money,
    major,
    json: answer,
    soon: (/** @type {() => void} */ act) => act,
    onRequest: (/** @type {RegExp} */ address, /** @type {() => void} */ act) =>
      watched.push([address, act]),
  });
  return {
    ...told,
    asked,
    page: () => look?.(),
    /** The shop has changed its mind of an answer. @param {string} address @param {unknown} value */
    answers(address, value) {
      answers[address] = value;
    },
    /** The page makes a request, and every answer is read. @param {string} address */
    async request(address) {
      for (const [pattern, act] of watched) if (pattern.test(address)) act();
      await settled();
    },
    settled,
  };
}

/** Every answer that is on its way has been read. */
const settled = () => new Promise((done) => setImmediate(done));
