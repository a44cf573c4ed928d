/** IAB Transparency and Consent Framework 2.2, by the one way in that it still has: addEventListener. */
import { wordOf } from './will.js';

/** @typedef {import('./will.js').Will} Will */

/** To store and read on the device, and to measure content; to make and use a profile for content. */
const ANALYTICS = [1, 8];
const MARKETING = [1, 5, 6];

/** @param {any} data a TCData @returns {Will | undefined} nothing until the platform knows */
export function readTcf(data) {
  if (data?.gdprApplies === false) return { analytics: 'granted', marketing: 'granted' };
  if (!/^(tcloaded|useractioncomplete)$/.test(data?.eventStatus)) return;
  const { consents = {}, legitimateInterests = {} } = data.purpose ?? {};
  // storing needs consent; the others may rest on a legitimate interest that nobody objected to
  const all = (/** @type {number[]} */ purposes) =>
    purposes.every((n) => consents[n] || (n !== 1 && legitimateInterests[n]));
  return { analytics: wordOf(all(ANALYTICS)), marketing: wordOf(all(MARKETING)) };
}

/**
 * @param {any} window @param {() => void} changed
 * @returns {() => Will | undefined} what is known now; nothing where there is no such platform
 */
export function followTcf(window, changed) {
  let asked = false;
  /** @type {Will} */
  let will = { analytics: 'unknown', marketing: 'unknown' };
  return () => {
    if (typeof window.__tcfapi !== 'function') return;
    if (!asked) {
      asked = true;
      window.__tcfapi(
        'addEventListener',
        2,
        (/** @type {any} */ data, /** @type {boolean} */ ok) => {
          if (!ok) return;
          will = readTcf(data) ?? will;
          changed();
        },
      );
    }
    return will;
  };
}
