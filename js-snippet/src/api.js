/** What a merchant may call: shopbell('event' | 'cart' | 'consent', ...). */
import { safely } from './safe.js';

/** @typedef {((...args: any[]) => void) & {q?: any[][], v?: number}} Api */

/**
 * Puts the function in the place of the page's stub. Its calls wait, as the stub's did,
 * until the first page view is told; but what the shopper allows is heard at once.
 *
 * @param {{shopbell?: Api}} page the window
 * @param {Record<string, (...args: any[]) => void>} commands
 * @returns {() => void} answers the calls from here on
 */
export function offerApi(page, commands) {
  /** @type {any[][] | null} */
  let waiting = [];
  const early = page.shopbell?.q ?? [];
  const run = safely((/** @type {any[]} */ [command, ...args]) => commands[command]?.(...args));
  /** @type {Api} */
  const api = (...call) => {
    if (waiting && call[0] !== 'consent') waiting.push(call);
    else run(call);
  };
  api.v = 1;
  page.shopbell = api;
  for (const call of early) api(...call);
  return () => {
    const calls = waiting;
    waiting = null;
    calls?.forEach(run);
  };
}
