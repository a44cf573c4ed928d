/**
 * A shop of any make: a form or a button that puts something into the cart says so by what it is called. Of the form,
 * only the product's id and the quantity are read.
 */
import { safely } from '../../safe.js';
import { PAGE } from '../desk.js';
import { there } from '../markup.js';

/** What puts something in, in addresses, names and classes. */
const ADDS =
  /add[-_]?(to|2|item)?[-_]?(the[-_]?)?(shopping[-_]?)?(cart|basket|bag|trolley)|(cart|basket|bag|korb|panier|carrito|cesta|carrello|carrinho|sacola|koszyk|winkelwagen|winkelmand|sepet|kurv|varukorg|kosik|kosar|korzina|line-item)[-_/.]?(insert|add|put|in\b|ajout|agregar|aggiungi|dodaj|toevoegen|ekle|lagg)|into?[-_]?cart|cart_?in\b|buy[-_]?now|\b(in-den-)?warenkorb\b|カートに入れる/i;
const TO_CART = /\/cart\/?( |$)/;
const LINK =
  /[?&]add-to-cart=(\d+)|\/cart\/add\/?(?:\?id=)?(\d+)|[?&]add=1&(?:amp;)?id_product=(\d+)/;
const QUANTITY = '[name*=quantity i],[name=qty]';
const NOT =
  /remove|delete|clear|coupon|voucher|promo|wish|compare|search|login|subscribe|newsletter/i;

/** The fields that name a product, the surest first. */
const IDS =
  'product_id productId product-id id_product product add-to-cart item_id itemId item goods_no goodsNo goods_id product_no branduid pid prd sku variant_id variantId id'.split(
    ' ',
  );
const QUANTITIES =
  'quantity qty quantity_wanted amount menge anzahl cantidad num count ea buy_num goods_num pcs'.split(
    ' ',
  );

/** @param {HTMLFormElement} form @param {string[]} names @param {HTMLElement | null} pressed @returns {string | undefined} */
function fieldOf(form, names, pressed) {
  for (const name of names) {
    for (const element of /** @type {any} */ (form.elements)) {
      const called = element.name === name || element.name?.endsWith?.(`[${name}]`);
      const counts = !/^(radio|checkbox)$/.test(element.type) || element.checked;
      const chosen =
        !/^(submit|button|image)$/.test(element.type) ||
        element === pressed ||
        names[0] === 'product_id';
      if (called && counts && chosen && /^[\w./:-]{1,64}$/.test(element.value))
        return element.value;
    }
  }
}

/** @param {Element} element @returns {string} how it is called */
const called = (element) =>
  ['action', 'id', 'name', 'class', 'data-action', 'data-button-action', 'href', 'formaction']
    .map((name) => element.getAttribute(name) ?? '')
    .join(' ');

/** @param {import('../index.js').Desk} desk */
export function read(desk) {
  const { window, after, tell, amount } = desk;

  /** What was put in, as far as the page says. @param {string | undefined} id @param {number} quantity */
  const itemOf = (id, quantity) => {
    const { kind, product } = desk.known;
    const { name, category, price, currency, ...shown } =
      product && (kind === 'product' || product.id === id) ? product : { id };
    const item = { item_id: shown.id, item_name: name, item_category: category, price, quantity };
    const value = price === undefined ? undefined : price * quantity;
    return there({ currency, value, items: [there(item)] });
  };

  /** What was sent and is not told yet: the page has its say first. @type {(() => void)[]} */
  let sent = [];
  const tellSent = () => {
    const due = sent;
    sent = [];
    for (const each of due) each();
    return undefined;
  };

  /**
   * Tells it when the page has had its say, at the latest when it is left: where the shop sends the form itself and
   * says what is in the cart, nobody else need.
   *
   * @param {Event} event @param {string | undefined} id @param {number} quantity
   */
  const add = (event, id, quantity) => {
    const said = itemOf(id, quantity);
    if (!said.items[0].item_id) return;
    sent.push(() => {
      if (event.defaultPrevented && desk.seenCart()) return;
      desk.sendForm();
      tell(PAGE, 'add_to_cart', said);
    });
    after(0, tellSent);
  };

  /** @param {HTMLFormElement} form @param {HTMLElement | null} pressed */
  const isAdding = (form, pressed) => {
    if (NOT.test(called(form) + (pressed ? called(pressed) : ''))) return false;
    const parts = [form, ...(pressed ? [pressed] : form.querySelectorAll('[type=submit],button'))];
    return (
      form.hasAttribute('data-add-to-cart') ||
      TO_CART.test(called(form)) ||
      ADDS.test(parts.map(called).join(' '))
    );
  };

  window.addEventListener(
    'submit',
    safely((/** @type {SubmitEvent} */ event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      const pressed = event.submitter;
      if (!isAdding(form, pressed)) return;
      const id = fieldOf(form, IDS, pressed) ?? form.dataset.productId ?? form.dataset.product_id;
      // a cart's own form holds the quantities of many lines, and no product
      if (!id && !(desk.known.kind === 'product' && form.querySelector(QUANTITY))) return;
      add(event, id, amount(fieldOf(form, QUANTITIES, pressed) ?? 1) || 1);
    }),
    true,
  );

  window.addEventListener(
    'click',
    safely((/** @type {MouseEvent} */ event) => {
      const pressed = /** @type {any} */ (event.target)?.closest?.(
        'a,button,[role=button],input[type=button]',
      );
      if (!pressed || !event.isTrusted || NOT.test(called(pressed))) return;
      const [, ...ids] = LINK.exec(pressed.getAttribute('href') ?? '') ?? [];
      const linked = ids.find(Boolean);
      const id = linked ?? pressed.dataset.productId ?? pressed.dataset.product_id;
      // a button that sends a form is heard when the form is sent
      const sends = /^(submit|image)$/.test(pressed.type) && pressed.form;
      if (id && !sends && (linked || ADDS.test(called(pressed))))
        add(event, id, amount(pressed.dataset.quantity ?? 1) || 1);
    }),
    true,
  );
  return tellSent;
}
