/** What the browser says of itself in its hello: nothing that tells one shopper from another. */
import { campaign } from './page.js';
import { clean } from './text.js';

/** @param {Window} window */
export const isCoarse = (window) => window.matchMedia('(pointer:coarse)').matches;

/** @param {Window} window @returns {string} where the shopper came from, if from elsewhere */
function referrerOf({ document, location }) {
  if (!document.referrer) return '';
  const { origin, host, pathname } = new URL(document.referrer);
  return host === location.host ? '' : (clean(origin + pathname) ?? '');
}

/**
 * Reads the layout: to be called in an animation frame.
 *
 * The time zone's name would cost 25 to 44 ms (the first use of Intl); the offset is free.
 *
 * @param {Window} window
 */
export function describe(window) {
  return {
    language: window.navigator.language,
    utc_offset_min: -new Date().getTimezoneOffset(),
    viewport: [window.innerWidth, window.innerHeight],
    pointer: isCoarse(window) ? 'coarse' : 'fine',
    referrer: referrerOf(window),
    utm: Object.fromEntries(
      campaign(window.location).map(([name, value]) => [name.slice(4), value]),
    ),
  };
}
