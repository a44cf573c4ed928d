/**
 * Magento 2 and Adobe Commerce: the page's body says what it is, and the browser's storage what is in the cart, as
 * Magento's own "customer data" keeps it there for its mini cart. Hyvä's themes tell the same by an event.
 */
import { safely } from '../../safe.js';
import { PLATFORM } from '../desk.js';
import { there } from '../markup.js';

/** @type {[import('../../types.js').PageKind, RegExp][]} */
const KINDS = [
  ['thanks', /\b(checkout-onepage-success|multishipping-checkout-success|checkout-success)\b/],
  ['cart', /\bcheckout-cart-index\b/],
  [
    'checkout',
    /\b(checkout-index-index|checkout-onepage-index|firecheckout-\S+|hyva_checkout-index-index)\b/,
  ],
  ['search', /\bcatalogsearch-(result|advanced)-/],
  ['product', /\bcatalog-product-view\b/],
  ['category', /\bcatalog-category-view\b/],
  ['home', /\bcms-index-index\b/],
];
const STORAGE = 'mage-cache-storage';

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, document, clean, amount } = desk;
  const kind = () => KINDS.find(([, body]) => body.test(document.body.className))?.[0];
  const currency = () =>
    document
      .querySelector('meta[property="product:price:currency"],meta[itemprop=priceCurrency]')
      ?.getAttribute('content') ??
    window.dlCurrencyCode ??
    window.checkoutConfig?.quoteData?.quote_currency_code ??
    window.CURRENT_CURRENCY_CODE;
  desk.expect(PLATFORM);

  /** @param {any} line */
  const toItem = (line) =>
    there({
      item_id: clean(line.product_sku ?? line.product_id),
      item_name: clean(line.product_name, 100),
      item_variant: clean(line.options?.map?.((/** @type {any} */ { value }) => value).join(', ')),
      price: amount(line.product_price_value),
      quantity: amount(line.qty),
    });

  /** @param {any} cart @param {boolean} caused */
  const tellCart = (cart, caused) => {
    if (!Array.isArray(cart?.items)) return;
    desk.snapshot(
      { items: cart.items.map(toItem), value: amount(cart.subtotalAmount), currency: currency() },
      caused,
      kind() === 'cart',
    );
  };

  let raw = '';
  /** Reads the storage if it has changed. @param {boolean} caused */
  const look = safely((/** @type {boolean} */ caused) => {
    const stored = window.localStorage.getItem(STORAGE) ?? '';
    const stale = JSON.parse(
      window.localStorage.getItem(`${STORAGE}-section-invalidation`) ?? '{}',
    );
    // while Magento fetches the cart anew, what stands there is of before
    if (stored === raw || !stored || stale.cart) return;
    raw = stored;
    tellCart(JSON.parse(stored).cart, caused);
  });
  look(false);
  // another tab has changed the cart, and tells it
  window.addEventListener(
    'storage',
    safely((/** @type {StorageEvent} */ { key }) => key === STORAGE && look(false)),
  );
  let loaded = false;
  window.addEventListener(
    'private-content-loaded',
    safely((/** @type {CustomEvent} */ { detail }) => {
      tellCart(detail?.data?.cart, loaded);
      loaded = true;
    }),
  );

  const order = () => {
    const id = document
      .querySelector('.checkout-success .order-number, .checkout-success p > span')
      ?.textContent?.trim();
    if (id) desk.order({ transaction_id: id.replace(/^#/, ''), currency: currency() });
  };

  return () => {
    const now = kind();
    if (now === 'thanks') order();
    look(true);
    const sku = document.querySelector('form[data-product-sku],[itemprop=sku]');
    const id = clean(sku?.getAttribute('data-product-sku') ?? sku?.textContent?.trim());
    const priced = document.querySelector('.product-info-main [data-price-type=finalPrice]');
    const price = amount(priced?.getAttribute('data-price-amount'));
    const product = there({ id, price });
    return { ...(now && { kind: now }), ...(now === 'product' && id && { product }) };
  };
}
