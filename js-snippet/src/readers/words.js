/** What the addresses of shops call their pages, in the languages of shops. The core knows the most common ones. */

/** @typedef {import('../types.js').PageKind} PageKind */

/**
 * Whole parts of a path, without accents.
 *
 * @type {[PageKind, string][]}
 */
const WORDS = [
  [
    'thanks',
    'danke|vielen-dank|merci|gracias|grazie|obrigad[oa]|bedankt|dziekujemy|tesekkurler|tack|takk|kiitos|dekujeme|' +
      'koszonjuk|multumim|arigatou|spasibo|cam-on|(order|checkout|purchase|pedido|commande|bestellung|shop)[-_/]?' +
      '(complete[d]?|success|finish(ed)?|done|thank(s|[-_]?you)|result|end|recebido|confirmad[oa]|confirmee|abgeschlossen|' +
      'confirm(ed|ation))|bestellbestaetigung|(commande|order|bestellung)[-_](bestaetigt|received)|checkout_success|' +
      '注文完了|購入完了|訂單完成|订单完成|주문완료',
  ],
  [
    'cart',
    'cart|basket|einkaufs(wagen|korb)|korb|mon-panier|cesta|carrinho|sacola|winkelmand(je)?|sepetim|varukorg|kundvagn|' +
      'handlekurv|(indkobs|indkoebs)?kurv|ostoskori|(nakupni-)?kosik|kosar|kosarica|cosul(-meu)?|korpa|korzina|' +
      'корзина|кошик|количка|kalathi|καλαθι|カート|買い物かご|購物車|购物车|購物袋|장바구니|ตะกร้า(สินค้า)?|gio-hang|' +
      'keranjang(-belanja)?|troli|سلة([-_]التسوق)?|עגלה|(view|show|my)[-_]?cart|cart[-_]?(view|list|page|items?)|' +
      'shopping_cart|basketview|viewbasket|(shopping[-_]?)?(trolley|bag)|cartlist',
  ],
  [
    'checkout',
    'checkout|zur-kasse|bezahlen|bestellen|paiement|valider-(ma-)?commande|finalizar-(compra|pedido)|finalizar|' +
      'tramitar-pedido|pago|cassa|pagamento|afrekenen|zamowienie|kassa|til-kassen|odeme|pokladna|penztar|plata|' +
      'finalizare-comanda|naplata|blagajna|oformlenie(-zakaza)?|оформление-заказа|ταμειο|(one[-_]?(page|step)[-_]?)' +
      'checkout|checkout[-_](shipping|payment|onepage|confirmation)|order[-_]?form|購入手続き|ご注文手続き|レジ|結帳|結賬|' +
      '结账|结算|주문서|주문결제|ชำระเงิน|thanh-toan|pembayaran|الدفع|תשלום',
  ],
  [
    'search',
    'search|suche|suchergebnisse|recherche(r)?|buscar?|busqueda|resultados|cerca|ricerca|pesquisa|szukaj|wyszukiwanie|zoeken|' +
      'ara|arama|sok|søk|søg|haku|hledat|vyhledavani|hladat|kereses|cautare|pretraga|iskanje|poisk|поиск|αναζητηση|' +
      '検索(結果)?|搜尋|搜索|검색(결과)?|ค้นหา|tim-kiem|cari|بحث|חיפוש|advanced_search_result|product[-_]?search',
  ],
];

/** Addresses of products and lists on platforms that say it in no other way. @type {[PageKind, RegExp][]} */
const PLACES = [
  [
    'product',
    /\/(SalePage\/Index|view\/item|shopdetail|product_info|product\/product|products?\/detail(\.\w+)?|goods\/(detail|view)|items?)\/?[\w%-]*\d|\/products?\/(?!(all|new|sale|list|page|search|tags?|categor\w*|brands?)(\/|$))[^/]+\/?$/i,
  ],
  [
    'category',
    /\/(collections|SalePageCategory|view\/category|shopbrand|product\/category|categor(y|ies|ie|ia)|kategori(e|en|a)?|c)\/[^/]+/i,
  ],
];

/** Where a shop keeps the page's name in its query instead. */
const IN_QUERY = ['route', 'controller', 'main_page'];

/** @param {Location | URL} address @returns {string} its path and route, readable, without accents */
export function readable({ pathname, hash, search }) {
  const query = new URLSearchParams(search);
  const routes = IN_QUERY.map((name) => query.get(name)).filter(Boolean);
  const path = [pathname, ...(/^#!?\//.test(hash) ? [hash.slice(1)] : []), ...routes].join('/');
  let text = path;
  try {
    text = decodeURIComponent(path);
  } catch {
    // an address in another encoding is read as it stands
  }
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** @param {Location | URL} address @returns {PageKind | undefined} what its words say */
export function wordKind(address) {
  const path = readable(address);
  return WORDS.find(([, words]) => new RegExp(`(^|/)(${words})(?=[/.?]|$)`, 'i').test(path))?.[0];
}

/** @param {Location | URL} address @returns {PageKind | undefined} what its form says, where nothing else does */
export function placeKind(address) {
  const path = readable(address);
  return PLACES.find(([, form]) => form.test(path))?.[0];
}
