/**
 * Return where a popup's link may lead, in full, or '' if it may lead nowhere.
 *
 * The browser's own parser decides the scheme, so spellings such as "java\nscript:" are seen as it
 * will see them.
 *
 * @param {string | undefined} url
 * @param {string} base the page's address, for relative links
 */
export function safeLink(url, base) {
  try {
    // an empty address would be the page's own
    const { href, protocol } = new URL(url || 'http://', base);
    if (/^(https?|mailto|tel):$/.test(protocol)) return href;
  } catch {}
  return '';
}
