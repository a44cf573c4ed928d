/**
 * Decides, from what everybody says, whether the shopper may be known: granted, denied, or unknown as yet.
 *
 * Analytics is what decides: without it nothing is kept and nobody has a name. Marketing is told to the engine.
 */
import { together } from './will.js';

/** @typedef {import('./will.js').Will} Will */
/** @typedef {import('../types.js').Consent} Consent */

/**
 * @param {{
 *   sources: (() => Partial<Will> | undefined)[],
 *   isRequired: boolean,
 *   isAsked: boolean,
 *   gpc: boolean,
 *   gpcDenies: boolean,
 *   act: (mode: Consent, will: Will) => void,
 * }} ports `isRequired`: nothing leaves before a grant; `isAsked`: the page was held up for this
 */
export function decide({ sources, isRequired, isAsked, gpc, gpcDenies, act }) {
  /** What the shop said itself: it knows better than any platform. @type {Partial<Will>} */
  let said = {};
  /** The shop has spoken, perhaps no word that we know: the page was held up for it. */
  let spoken = false;
  /** The shopper said no in another tab. */
  let refused = false;
  let last = '';

  /** @returns {Will | undefined} */
  const now = () => {
    const told = together(sources.map((source) => source()));
    const silent = isRequired ? 'unknown' : 'granted';
    if (!(told || isAsked || spoken || refused)) return;
    const will = { analytics: silent, marketing: silent, ...told, ...said };
    if (gpc) will.marketing = 'denied';
    if (refused || (gpc && gpcDenies)) will.analytics = 'denied';
    return /** @type {Will} */ (will);
  };

  const look = () => {
    const will = now();
    if (!will) return;
    const word = `${will.analytics},${will.marketing}`;
    if (word === last) return;
    last = word;
    act(will.analytics, will);
  };

  return {
    look,

    /** Whether nobody has answered yet. */
    isOpen: () => !last || last.startsWith('unknown'),

    /** @param {Partial<Will>} choice */
    say(choice) {
      spoken = true;
      said = { ...said, ...choice };
      if (choice.analytics) refused = false;
      look();
    },

    /** Another tab has taken the shopper's word back. */
    refuse() {
      refused = true;
      look();
    },
  };
}
