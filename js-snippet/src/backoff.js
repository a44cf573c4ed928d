/** What a lost connection means. */

const FIRST_MS = 500;
const MOST_MS = 30_000;
/** Switched off, not allowed, not understood: to ask again would not help. */
const QUIET = [4001, 4003, 4009];

/**
 * Returns after how many ms to connect again, null for never.
 *
 * Full jitter: after an outage, all the shoppers' browsers must not come back at once.
 *
 * @param {any} code @param {any} reason of the close frame, undefined if none came
 * @param {number} failures in a row before this one @param {() => number} random
 * @returns {number | null}
 */
export function retryDelay(code, reason, failures, random) {
  if (QUIET.includes(code)) return null;
  const told = /retry_after_ms=(\d+)/.exec(reason);
  if (told && (code === 1001 || code === 1012)) return +String(told[1]);
  return random() * Math.min(MOST_MS, FIRST_MS * 2 ** failures);
}
