/** Prices as shops write them for people. */
import { amount } from '../text.js';

/** Nobody writes decimals in these: a point in "Rp 150.000" parts thousands. */
const WHOLE = /^(JPY|KRW|TWD|VND|IDR|CLP|COP|HUF|ISK|PYG)$/;

/**
 * Returns the number in a price: "１，２９９円", "1'299.00", "1 299,00 €", "₫150.000". `amount` knows the rest.
 *
 * @param {unknown} written @param {string} [currency] @returns {number | undefined}
 */
export function money(written, currency = '') {
  if (typeof written === 'number') return amount(written);
  const [text = ''] = /\d[\d.,'’\s]*/.exec(String(written ?? '').normalize('NFKC')) ?? [];
  const bare = text.replace(/['’\s]/g, '').replace(/[.,]$/, '');
  if (!bare) return;
  return amount(WHOLE.test(currency) ? bare.replace(/[.,](?=\d{3}(\D|$))/g, '') : bare);
}

/** @param {unknown} minor cents @param {number} [digits] of the currency */
export const major = (minor, digits = 2) => {
  const number = amount(minor);
  return number === undefined ? undefined : Math.round(number) / 10 ** digits;
};
