/** Finds out whether the shopper consents. Fetched before anything is stored or sent, where somebody asks for it. */
import { asksConsent } from '../found.js';
import { on, safely } from '../safe.js';
import { recall, remember } from '../store.js';
import { eraseStorage } from './erase.js';
import { decide } from './gate.js';
import { google, onGoogle } from './google.js';
import { followShopify } from './shopify.js';
import { followTcf } from './tcf.js';
import { keepCookie, sayGoodbye, tokenLeft } from './tell.js';
import { readChoice } from './will.js';
import { wordpress } from './wordpress.js';

/** Platforms that come late, and data layers, say nothing: a look costs next to nothing. */
const LOOK_MS = 250;
const LOOK_RARELY_MS = 1_000;
const KEY = 'shopbell.will';
const CHANGES = [
  'visitorConsentCollected',
  'shopifyCustomerPrivacyApiLoaded',
  'wp_listen_for_consent_change',
  'wp_consent_type_defined',
].join(' ');

/** @typedef {import('./will.js').Will} Will */

/**
 * @param {import('../types.js').GatePorts} ports
 * @returns {(choice: object) => void} takes what the shop says by `shopbell('consent', choice)`
 */
export function gate(ports) {
  const { window, document, script, after } = ports;
  const isRequired = script.dataset.consent === 'required';
  const look = () => decision.look();
  const decision = decide({
    sources: [
      () => google(window),
      followTcf(window, look),
      followShopify(window, look),
      () => wordpress(window),
    ].map(safely),
    isRequired: script.dataset.consent != null,
    isAsked: Boolean(asksConsent(window, script)),
    gpc: Boolean(/** @type {any} */ (window.navigator).globalPrivacyControl),
    gpcDenies: script.dataset.gpc === 'deny',
    act: enforce(ports, isRequired),
  });
  on(document, CHANGES, look);
  safely(onGoogle)(window, look);
  on(window, 'storage', (/** @type {StorageEvent} */ { key, newValue }) => {
    if (key === 'shopbell.token' && !newValue) decision.refuse();
  });
  const again = () => {
    look();
    after(decision.isOpen() ? LOOK_MS : LOOK_RARELY_MS, again);
  };
  again();
  return (choice) => decision.say(readChoice(choice));
}

/**
 * Carries a decision out.
 *
 * @param {import('../types.js').GatePorts} ports @param {boolean} isRequired nothing leaves before a grant
 * @returns {(mode: import('../types.js').Consent, will: Will) => void}
 */
function enforce(ports, isRequired) {
  const { window, script, set, report, after } = ports;
  let was = 'unknown';
  const session = () => window.sessionStorage;

  /** Tells the engine once for a tab, and again when it has changed. @param {Will} will */
  const tell = (will) => {
    const word = `${will.analytics},${will.marketing}`;
    if (recall(session, KEY) === word) return;
    remember(session, KEY, word);
    report('consent', will);
  };

  /** Who had a name is told to the engine by it; the page itself goes on as nobody, or in silence. @param {Will} will */
  const forget = (will) => {
    const token = tokenLeft(window);
    if (token) sayGoodbye(ports, token, will);
    if (was === 'granted' && !isRequired) report('consent', will);
    set(isRequired ? 'unknown' : 'denied');
    eraseStorage(window);
    if (script.dataset.cookie != null) keepCookie(ports);
  };

  /** The cookie is the browser's name for who comes back: a token is there once the engine has welcomed. */
  const keep = () => {
    const token = tokenLeft(window);
    if (token) keepCookie(ports, token);
    else if (was === 'granted') after(LOOK_MS, keep);
  };

  return (mode, will) => {
    if (mode === 'denied') forget(will);
    else set(mode);
    if (mode === 'granted') tell(will);
    const is = was;
    was = mode;
    if (mode === 'granted' && is !== mode && script.dataset.cookie != null) keep();
  };
}
