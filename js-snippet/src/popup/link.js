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
  if (!url) return '';
  try {
    const { href, protocol } = new URL(url, base);
    return /^(https?|mailto|tel):$/.test(protocol) ? href : '';
  } catch {
    return '';
  }
}
