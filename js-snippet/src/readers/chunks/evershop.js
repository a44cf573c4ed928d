/**
 * EverShop 2: `window.eContext` holds what the page was made of, its route and the answers to its queries. After a
 * change of the cart the shop's GraphQL is asked again, as its own pages do.
 */
import { safely } from '../../safe.js';
import { PLATFORM } from '../desk.js';
import { there } from '../markup.js';

const KINDS = /** @type {Record<string, import('../../types.js').PageKind>} */ ({
  homepage: 'home',
  categoryView: 'category',
  productView: 'product',
  catalogSearch: 'search',
  cart: 'cart',
  checkout: 'checkout',
  checkoutSuccess: 'thanks',
});
const CHANGES = /\/api\/carts?\/[\w-]+\/(items|coupons)/;
const CART =
  '{myCart{currency subTotalWithDiscount{value} subTotalWithDiscountInclTax{value} items{productSku productName qty finalPrice{value} finalPriceInclTax{value} variantOptions{optionText}}}}';

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, clean, amount, money, soon } = desk;
  const { config } = window.eContext;
  /** The shop shows its prices with the tax or without. */
  const taxed = config?.tax?.priceIncludingTax ? 'InclTax' : '';
  const kind = () => KINDS[window.eContext.config?.pageMeta?.route?.id];
  desk.expect(PLATFORM);

  /** What the queries of the page answered; several may ask for parts of the same. @param {string} origin @returns {any} */
  const said = (origin) => {
    const { propsMap, graphqlResponse } = window.eContext;
    const parts = /** @type {any[]} */ (Object.values(propsMap).flat())
      .filter((asked) => asked.origin === origin && graphqlResponse[asked.alias])
      .map(({ alias }) => graphqlResponse[alias]);
    return parts.length > 0 ? Object.assign({}, ...parts) : undefined;
  };

  /** @param {any} price as a number, or as the shop writes it @param {string} [currency] */
  const priceOf = (price, currency) => amount(price?.value) ?? money(price?.text, currency);

  /** @param {any} line of a cart or of an order @param {string} [currency] */
  const toItem = (line, currency) =>
    there({
      item_id: clean(line.productSku),
      item_name: clean(line.productName, 100),
      item_variant: clean(
        line.variantOptions?.map((/** @type {any} */ { optionText }) => optionText).join(', '),
      ),
      price: priceOf(line[`finalPrice${taxed}`] ?? line[`productPrice${taxed}`], currency),
      quantity: amount(line.qty),
    });

  /** @param {any} cart null where there is none @param {boolean} caused */
  const tellCart = (cart, caused) =>
    desk.snapshot(
      {
        items: (cart?.items ?? []).map((/** @type {any} */ line) => toItem(line)),
        value: priceOf(cart?.[`subTotalWithDiscount${taxed}`]) ?? 0,
        currency: cart?.currency,
      },
      caused,
      kind() === 'cart',
    );

  const changed = soon(() => {
    const asked = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: CART }),
    };
    window
      .fetch('/api/graphql', asked)
      .then((/** @type {Response} */ answer) => answer.json())
      .then(safely((/** @type {any} */ { data }) => data && tellCart(data.myCart, true)))
      .catch(() => {});
  });

  const order = said('order');
  if (kind() === 'thanks' && order) {
    const currency = desk.told()?.currency;
    const worth = priceOf(order[`subTotal${taxed}`], currency);
    const value = worth && worth - (priceOf(order.discountAmount, currency) ?? 0);
    desk.order({
      transaction_id: String(order.orderNumber),
      value,
      currency,
      items: order.items?.map((/** @type {any} */ line) => toItem(line, currency)),
    });
  }
  tellCart(said('myCart'), false);
  desk.onRequest(CHANGES, changed);

  return () => {
    const now = kind();
    const product = now === 'product' && said('product');
    const category = now === 'category' && said('category');
    return {
      ...(now && { kind: now }),
      ...(category && { category: clean(category.name, 100) }),
      ...(product && {
        product: /** @type {any} */ (
          there({
            id: clean(product.sku ?? product.uuid),
            name: clean(product.name, 100),
            price: priceOf(product.price?.special ?? product.price?.regular),
            currency: desk.told()?.currency,
            image: clean(product.image?.url),
            availability: product.inventory?.isInStock ? 'InStock' : 'OutOfStock',
          })
        ),
      }),
    };
  };
}
