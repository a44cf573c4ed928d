/** The shop's data layers: `dataLayer` of Google's tags, `analytics` of Segment and its likes. */
import { safely } from '../../safe.js';
import { LAYER } from '../desk.js';
import { fromDataLayer, fromTrack } from '../layers.js';
import { keyOf } from '../lines.js';
import { tap } from '../tap.js';

/** @param {import('../index.js').Desk} desk */
export function read({ window, document, expect, tell, clean }) {
  expect(LAYER);

  /** @param {import('../layers.js').Event} event */
  const hear = ([name, data]) => tell(LAYER, name, data);

  /** Arrays that are listened to, and what catches up with them. @type {Map<any, () => void>} */
  const tapped = new Map();
  const seen = new WeakSet();

  /** @param {string} name of the global @param {(entry: any) => void} take */
  const listen = (name, take) => {
    const array = window[name];
    if (Array.isArray(array) && !tapped.has(array)) tapped.set(array, tap(array, take, seen));
  };

  /** What the stub of `analytics` was told: the library tells it again when it has come. @type {string[]} */
  const early = [];
  /** @type {any} */
  let tracker;

  const followTracker = () => {
    const { analytics } = window;
    listen('analytics', (call) => {
      if (call[0] !== 'track') return;
      for (const event of fromTrack(call[1], call[2])) {
        early.push(keyOf(...event));
        hear(event);
      }
    });
    if (!analytics || Array.isArray(analytics) || analytics === tracker || !analytics.on) return;
    tracker = analytics;
    analytics.on(
      'track',
      safely((/** @type {unknown} */ name, /** @type {any} */ props) => {
        for (const event of fromTrack(name, props)) {
          const known = early.indexOf(keyOf(...event));
          if (known >= 0) early.splice(known, 1);
          else hear(event);
        }
      }),
    );
  };

  /** A tag manager may call its layer otherwise: gtm.js?id=...&l=name. */
  const [, named = 'dataLayer'] =
    /[?&]l=([\w$]+)/.exec(
      document
        .querySelector('script[src*="/gtm.js"],script[src*="/gtag/js"]')
        ?.getAttribute('src') ?? '',
    ) ?? [];

  const look = safely(() => {
    for (const catchUp of tapped.values()) catchUp();
    listen(clean(named) ?? '', (entry) => fromDataLayer(entry).forEach(hear));
    followTracker();
  });
  look();
  return () => {
    look();
    return undefined;
  };
}
