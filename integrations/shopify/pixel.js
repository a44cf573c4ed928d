// Shopbell: what happens in Shopify's checkout, where no script of the shop's runs.
// Shopify admin > Settings > Customer events > Add custom pixel. Replace the two values, paste it whole, save, connect.
// https://shopify.dev/docs/api/web-pixels-api/standard-events
const ENGINE = 'https://bell.shop.example';
const SITE = 'pk_...';

const NAMES = {
  checkout_started: 'begin_checkout',
  checkout_shipping_info_submitted: 'add_shipping_info',
  payment_info_submitted: 'add_payment_info',
  checkout_completed: 'purchase',
};
const doc = `px${[...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36).padStart(7, '0')).join('')}`;
let seq = 0;

/** Who the shopper is to the engine: as the shop's pages remember it, else as the cart carries it. */
const tokenOf = async (checkout) =>
  (await browser.localStorage.getItem('shopbell.token').catch(() => null)) ||
  (checkout.attributes || []).find(({ key }) => key === '_shopbell')?.value;

const itemOf = ({ title, quantity, variant }) => ({
  item_id: String(variant?.product?.id ?? variant?.id ?? '').replace(/.*\//, ''),
  item_name: (variant?.product?.title ?? title ?? '').slice(0, 100),
  item_variant: variant?.title ?? undefined,
  price: variant?.price?.amount,
  quantity,
});

const dataOf = (checkout) => ({
  value: checkout.totalPrice?.amount,
  currency: checkout.currencyCode ?? undefined,
  tax: checkout.totalTax?.amount,
  shipping: checkout.shippingLine?.price?.amount,
  coupon: (checkout.discountApplications || []).map(({ title }) => title).find(Boolean),
  items: (checkout.lineItems || []).slice(0, 100).map(itemOf),
});

const tell = async (name, checkout) => {
  const token = await tokenOf(checkout);
  if (!token) return; // who said no to being remembered is not followed here either
  const number = String(checkout.order?.id ?? checkout.token ?? '').replace(/.*\//, '');
  const data = { ...dataOf(checkout), ...(name === 'purchase' && { transaction_id: number }) };
  const page = { url: '/checkout', kind: name === 'purchase' ? 'thanks' : 'checkout' };
  const frames = [
    { type: 'hello', v: 1, token, doc, page },
    { type: 'event', seq: ++seq, name, data },
  ];
  const body = frames.map((frame) => JSON.stringify(frame)).join('\n');
  await fetch(`${ENGINE}/v1/pixel?site=${SITE}`, { method: 'POST', body, keepalive: true });
};

for (const [event, name] of Object.entries(NAMES)) {
  analytics.subscribe(event, ({ data }) => tell(name, data.checkout).catch(() => {}));
}
