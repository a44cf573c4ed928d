/**
 * Shopify: its globals say what the page is, and `cart.js` what is in the cart. The cart is read again when the page
 * has made a request that changes it; so drawers, apps and buttons of any theme are heard, and nothing of theirs is
 * wrapped. https://shopify.dev/docs/api/ajax/reference/cart
 */
import { safely } from '../../safe.js';
import { PLATFORM } from '../desk.js';
import { there } from '../markup.js';

const KINDS = /** @type {Record<string, import('../../types.js').PageKind>} */ ({
  home: 'home',
  index: 'home',
  product: 'product',
  collection: 'category',
  'list-collections': 'category',
  cart: 'cart',
  searchresults: 'search',
  search: 'search',
});
const CHANGES = /\/cart\/(add|change|update|clear)(\.js|\.json)?(\?|$)/;

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, document, major, amount, clean, soon } = desk;
  const shop = () => window.Shopify ?? {};
  const meta = () => window.ShopifyAnalytics?.meta ?? {};
  const kind = () => KINDS[meta().page?.pageType];
  desk.expect(PLATFORM);

  /** @param {any} line */
  const toItem = (line) =>
    there({
      item_id: clean(line.product_id ?? line.id),
      item_name: clean(line.product_title ?? line.title, 100),
      item_variant: clean(line.variant_title),
      item_brand: clean(line.vendor),
      item_category: clean(line.product_type),
      price: major(line.final_price ?? line.price),
      quantity: amount(line.quantity),
    });

  /** @param {boolean} caused */
  const readCart = async (caused) => {
    const cart = await desk.json(`${shop().routes?.root ?? '/'}cart.js`);
    if (!Array.isArray(cart?.items)) return;
    desk.snapshot(
      { items: cart.items.map(toItem), value: major(cart.total_price), currency: cart.currency },
      caused,
      kind() === 'cart',
    );
  };
  const read = (/** @type {boolean} */ caused) => readCart(caused).catch(() => {});

  /** A change was made while nobody looked: it is read when the tab is seen again. */
  let missed = false;
  const changed = soon(() => {
    missed = document.visibilityState !== 'visible';
    if (!missed) read(true);
  });
  desk.onRequest(CHANGES, changed);
  document.addEventListener(
    'visibilitychange',
    safely(() => missed && changed()),
  );
  // an empty cart stays as it is, unless a form has led here; a full one may have been ordered
  if (!desk.seenCart() || desk.told()?.items.length || kind() === 'cart' || desk.formSent())
    read(false);

  const productNow = () => {
    const { product } = meta();
    if (!product?.id) return;
    const { variants = [] } = product;
    const chosen = new URLSearchParams(window.location.search).get('variant');
    const variant =
      variants.find((/** @type {any} */ { id }) => String(id) === chosen) ?? variants[0] ?? {};
    const ending = ` - ${variant.public_title}`;
    const name = String(variant.name ?? '');
    return there({
      id: String(product.id),
      name: clean(
        variant.public_title && name.endsWith(ending) ? name.slice(0, -ending.length) : name,
      ),
      price: major(variant.price),
      currency: shop().currency?.active ?? meta().currency,
      category: clean(product.type),
    });
  };

  return () => {
    const now = kind();
    return { ...(now && { kind: now }), ...(now === 'product' && { product: productNow() }) };
  };
}
