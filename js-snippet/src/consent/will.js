/** What the shopper wants, and what comes of it. */

/**
 * @typedef {'granted' | 'denied' | 'unknown'} Word
 * @typedef {{analytics: Word, marketing: Word}} Will
 */

const WORDS = ['granted', 'denied', 'unknown'];

/** @param {boolean | undefined | null} allowed @returns {Word} */
export const wordOf = (allowed) => (allowed == null ? 'unknown' : allowed ? 'granted' : 'denied');

/** Who says no decides; who has not answered yet is waited for. @param {Word[]} words @returns {Word} */
const strictest = (words) =>
  words.includes('denied') ? 'denied' : words.includes('unknown') ? 'unknown' : 'granted';

/**
 * Brings together what several say, undefined if nobody says anything.
 *
 * @param {(Partial<Will> | undefined)[]} wills @returns {Will | undefined}
 */
export function together(wills) {
  const said = wills.filter((will) => will !== undefined);
  if (!said.length) return;
  const of = (/** @type {'analytics' | 'marketing'} */ purpose) =>
    strictest(said.map((will) => will[purpose]).filter((word) => word !== undefined));
  return { analytics: of('analytics'), marketing: of('marketing') };
}

/**
 * Reads what a shop said by shopbell('consent', choice): a word for all, or one for each purpose.
 *
 * @param {any} choice @returns {Partial<Will>} without what is no word
 */
export function readChoice(choice) {
  const { analytics, marketing } =
    typeof choice === 'string' ? { analytics: choice, marketing: choice } : (choice ?? {});
  return {
    ...(WORDS.includes(analytics) && { analytics }),
    ...(WORDS.includes(marketing) && { marketing }),
  };
}
