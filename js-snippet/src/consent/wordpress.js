/** The WP Consent API: what a WordPress shop's consent plugin says. */
import { wordOf } from './will.js';

/** @typedef {import('./will.js').Will} Will */

/** Its cookie tells "no" from "not asked yet"; the function does not. @param {any} window @param {string} category */
function word(window, category) {
  if (window.wp_has_consent(category)) return wordOf(true);
  const name = `${window.consent_api?.cookie_prefix ?? 'wp_consent'}_${category}=`;
  const answered = window.document.cookie
    .split('; ')
    .some((/** @type {string} */ cookie) => cookie.startsWith(name));
  return wordOf(answered ? false : undefined);
}

/** @param {any} window @returns {Will | undefined} nothing where there is none */
export function wordpress(window) {
  if (typeof window.wp_has_consent !== 'function') return;
  return { analytics: word(window, 'statistics'), marketing: word(window, 'marketing') };
}
