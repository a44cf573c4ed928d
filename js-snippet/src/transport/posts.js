/** Frames up by a POST, and what they lead to down by its answer. */

const ANSWER_MS = 10_000;
/** The close codes that statuses stand for, where the answer says nothing else. */
const CODES = /** @type {Record<number, number>} */ ({
  403: 4003,
  413: 1009,
  429: 4008,
  503: 1013,
});

/**
 * @param {Window & typeof globalThis} window @param {URL} url @param {string[]} frames
 * @param {import('../types.js').After} after
 * @returns {Promise<{code: number, lines: string[]}>} the engine's frames, and why there will be no more: 1013, if nobody answered
 */
export async function postTo(window, url, frames, after) {
  const giveUp = new AbortController();
  const cancel = after(ANSWER_MS, () => giveUp.abort());
  try {
    const answer = await window.fetch(url, {
      method: 'POST',
      body: frames.join('\n'),
      keepalive: true,
      signal: giveUp.signal,
    });
    const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('{'));
    // the page of a network that wants a login is no answer
    if (answer.status === 202 || lines.length) return { code: 0, lines };
    return { code: CODES[answer.status] ?? 1013, lines: [] };
  } catch {
    return { code: 1013, lines: [] };
  } finally {
    cancel();
  }
}
