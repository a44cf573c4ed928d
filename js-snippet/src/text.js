/** What may leave the page as text. */

const MAIL = /[^\s/?&=#@]+(?:@|%40)[^\s/?&=#@]+\.[a-z]{2,}/gi;

/**
 * Returns the text without e-mail addresses, cut to a length that the engine takes.
 *
 * @param {unknown} text @param {number} [most] @returns {string}
 */
export function clean(text, most = 256) {
  return String(text).replace(MAIL, '-').slice(0, most);
}

/**
 * Returns a number from what a shop writes as a price: 1299, "1299.00", "1,299.00",
 * "1.299,00" or "NT$ 620".
 *
 * @param {unknown} price @returns {number | undefined}
 */
export function amount(price) {
  const digits = String(price)
    .replace(/[^\d.,-]/g, '')
    .replace(/[.,](?=\d*[.,])|,(?=\d{3}$)/g, '')
    .replace(',', '.');
  const number = typeof price === 'number' ? price : Number.parseFloat(digits);
  return Number.isFinite(number) ? number : undefined;
}
