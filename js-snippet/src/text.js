/** What may leave the page: the engine refuses what is not sound. */

const MAIL = /[^\s/?&=#@]+(?:@|%40)[^\s/?&=#@]+\.[a-zA-Z]{2,}/g;

/** Half a character, as a cut in an emoji leaves it, is no JSON. @param {string} text */
export const whole = (text) => text.replace(/[\0\ud800-\udfff]/gu, '');

/**
 * Returns a text without e-mail addresses, cut to a length that the engine takes.
 *
 * @param {any} text @param {number} [most] @returns {string | undefined} undefined if there is none
 */
export function clean(text, most = 256) {
  return text == null ? undefined : whole(String(text).replace(MAIL, '-').slice(0, most));
}

/**
 * Returns a number from what a shop writes as a price: 1299, "1299.00", "1,299.00",
 * "1.299,00", "NT$ 620" or "Rs. 620".
 *
 * @param {unknown} price @returns {number | undefined}
 */
export function amount(price) {
  const digits = String(price)
    .replace(/\p{L}\.|[^\d.,-]/gu, '')
    .replace(/[.,](?=\d*[.,])|,(?=\d{3}$)/g, '')
    .replace(',', '.');
  const number = typeof price === 'number' ? price : Number.parseFloat(digits);
  return number >= 0 && number < 1e15 ? number : undefined;
}

/** @param {unknown} code @returns {string | undefined} an ISO 4217 code, or nothing */
export const currencyCode = (code) => /^[a-z]{3}$/i.exec(String(code))?.[0];
