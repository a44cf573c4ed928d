/** What the address says, in the languages and on the platforms that the core does not know. */
import { clean } from '../../text.js';
import { placeKind, wordKind } from '../words.js';

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { document, window } = desk;
  const heading = () => clean(document.querySelector('h1')?.textContent?.trim(), 100);

  /** @returns {Partial<import('../../types.js').Page>} */
  const look = () => {
    const { location } = window;
    const kind = wordKind(location);
    if (kind) return { kind };
    const place = placeKind(location);
    // what the page marks up is a surer product than its address
    if (desk.known.product) return {};
    if (place === 'product')
      return { kind: place, product: { id: location.pathname, name: heading() } };
    return place ? { kind: place, category: heading() } : {};
  };
  return look;
}
