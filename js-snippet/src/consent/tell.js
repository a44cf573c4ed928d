/** Tells the engine what no connection of the page can: whom to forget, and what the browser's cookie should be. */
import { recall } from '../store.js';

const TOKEN = 'shopbell.token';

/** @param {Window} window @returns {string | null} whom an earlier page has left a name of */
export const tokenLeft = (window) => recall(() => window.localStorage, TOKEN) ?? null;

/**
 * Says in one message who it was and that they no longer consent; the page itself stays nobody.
 *
 * @param {{window: Window, site: string, engine: (path: string) => URL}} ports
 * @param {string} token @param {object} will
 */
export function sayGoodbye({ window, site, engine }, token, will) {
  const doc = `bye${window.crypto.getRandomValues(new Uint32Array(2)).join('').slice(0, 16)}`;
  const hello = { type: 'hello', v: 1, token, doc, page: null };
  const event = { type: 'event', seq: 1, name: 'consent', data: will };
  const body = `${JSON.stringify(hello)}\n${JSON.stringify(event)}`;
  post(window, engine(`v1/events?site=${site}`), { method: 'POST', body, mode: 'no-cors' });
}

/**
 * Has the shop's own host keep the token in a cookie that no script sees, or drop it.
 *
 * @param {{window: Window, site: string, engine: (path: string) => URL}} ports
 * @param {string} [token] nothing to drop it
 */
export function keepCookie({ window, site, engine }, token) {
  const url = engine(`v1/cookie?site=${site}`);
  if (url.origin !== window.location.origin) return;
  post(window, url, token ? { method: 'PUT', body: token } : { method: 'DELETE' });
}

/** @param {Window} window @param {URL} url @param {RequestInit} request */
function post(window, url, request) {
  window.fetch(url, { keepalive: true, ...request }).catch(() => {
    // the shop must not notice; what was to be dropped here is gone all the same
  });
}
