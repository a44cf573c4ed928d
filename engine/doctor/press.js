/**
 * Puts the product of the page into the cart as a shopper would: chooses the first of each choice that is open, and
 * presses the button that says so. Returns what the button says, null where there is none.
 */
((selectors) => {
  const WORDS =
    /add to (the )?(shopping )?(cart|bag|basket)|add[-_]?to[-_]?(cart|bag|basket)|in den warenkorb|ajouter au panier|(a[ñn]adir|agregar) al carrito|aggiungi al carrello|adicionar ao carrinho|do koszyka|in winkelwagen|sepete ekle|加入購物車|加入购物车|放入購物車|カートに入れる|장바구니|หยิบใส่|thêm vào giỏ|masukkan.*keranjang/i;
  const NOT = /wish|compare|remove|merk|vergleich/i;
  const seen = (element) => element.checkVisibility?.() ?? true;
  const open = (element) => seen(element) && !element.disabled && element.ariaDisabled !== 'true';
  const say = (element) => (element.innerText || element.value || element.ariaLabel || element.id).trim().slice(0, 60);
  const press = (element) => {
    element.scrollIntoView({ block: 'center' });
    element.click();
    return say(element);
  };
  const named = (element) =>
    [element.innerText, element.value, element.ariaLabel, element.name, element.id, element.className].join(' ');

  if (selectors.length) {
    const found = selectors.map((selector) => document.querySelector(selector));
    return found.every(Boolean) ? found.map(press).at(-1) : null;
  }
  const button = [...document.querySelectorAll('button,input[type=submit],input[type=button],a,[role=button]')].find(
    (element) => open(element) && WORDS.test(named(element)) && !NOT.test(named(element)),
  );
  if (!button) return null;
  const form = button.form ?? button.closest('form,main,body');
  for (const choice of form.querySelectorAll('select')) {
    if (choice.value) continue;
    choice.value = [...choice.options].find(({ value, disabled }) => value && !disabled)?.value ?? '';
    choice.dispatchEvent(new Event('change', { bubbles: true }));
  }
  const radios = new Map([...form.querySelectorAll('input[type=radio]')].filter(open).reverse().map((radio) => [radio.name, radio]));
  for (const [name, radio] of radios)
    if (!form.querySelector(`input[type=radio][name="${CSS.escape(name)}"]:checked`)) radio.click();
  return press(button);
})(SELECTORS)
