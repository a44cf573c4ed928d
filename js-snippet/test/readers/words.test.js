import assert from 'node:assert/strict';
import { test } from 'node:test';
import { major, money } from '../../src/readers/money.js';
import { placeKind, wordKind } from '../../src/readers/words.js';
import { at } from '../fakes/document.js';

/** @type {[string, string | undefined][]} */
const WORDS = [
  ['/カート', 'cart'],
  ['/zh-tw/購物車', 'cart'],
  ['/장바구니/', 'cart'],
  ['/ตะกร้าสินค้า', 'cart'],
  ['/gio-hang', 'cart'],
  ['/giỏ-hàng', 'cart'],
  ['/sacola', 'cart'],
  ['/cs/košík', 'cart'],
  ['/korzina', 'cart'],
  ['/indkobskurv', 'cart'],
  ['/einkaufswagen', 'cart'],
  ['/shop/basketview.php', 'cart'],
  ['/viewbasket.html', 'cart'],
  ['/index.php?route=checkout/cart', 'cart'],
  ['/index.php?main_page=shopping_cart', 'cart'],
  ['/index.php?route=checkout/success', 'thanks'],
  ['/index.php?route=checkout/checkout', 'checkout'],
  ['/index.php?route=product/search', 'search'],
  ['/#/korb', 'cart'],
  ['/korbwaren', undefined],
  ['/ご注文手続き', 'checkout'],
  ['/結帳', 'checkout'],
  ['/finalizar-compra', 'checkout'],
  ['/ödeme', 'checkout'],
  ['/zamowienie', 'checkout'],
  ['/order/order-form', 'checkout'],
  ['/bestellung/abgeschlossen', 'thanks'],
  ['/order/complete', 'thanks'],
  ['/checkout_success', 'thanks'],
  ['/danke.html', 'thanks'],
  ['/検索', 'search'],
  ['/busca?q=caneca', 'search'],
  ['/vyhledavani/hrnek', 'search'],
  ['/%E0%A4', undefined],
];
for (const [address, kind] of WORDS) {
  test(`the address ${address} is of the kind ${kind}`, () => {
    assert.equal(wordKind(at(address)), kind);
  });
}

/** @type {[string, string | undefined][]} */
const PLACES = [
  ['/items/8123456', 'product'],
  ['/products/ash-mug', 'product'],
  ['/collections/cups/products/ash-mug/', 'product'],
  ['/products/all', undefined],
  ['/products/category/cups', 'category'],
  ['/SalePage/Index/8123456', 'product'],
  ['/view/item/000000000123', 'product'],
  ['/shopdetail/000000000123/', 'product'],
  ['/v2/official/SalePageCategory/331', 'category'],
  ['/view/category/ct4', 'category'],
  ['/collections/mugs', 'category'],
  ['/collections', undefined],
  ['/blog/2026/mugs', undefined],
];
for (const [address, kind] of PLACES) {
  test(`the place ${address} is of the kind ${kind}`, () => {
    assert.equal(placeKind(at(address)), kind);
  });
}

/** @type {[unknown, string | undefined, number | undefined][]} */
const PRICES = [
  ['１，２９９円', 'JPY', 1299],
  ["1'299.00", 'CHF', 1299],
  ['1 299,00 €', 'EUR', 1299],
  ['1 299,00 €', 'EUR', 1299],
  ['Rp 150.000', 'IDR', 150_000],
  ['150.000₫', 'VND', 150_000],
  ['NT$1,299', 'TWD', 1299],
  ['$19.90 incl. 3.20 tax', 'USD', 19.9],
  ['CHF 20.–', 'CHF', 20],
  ['R$ 1.299,90', 'BRL', 1299.9],
  ['1.299', 'EUR', 1.299],
  [19.9, undefined, 19.9],
  ['ask us', 'EUR', undefined],
  [null, undefined, undefined],
];
for (const [written, currency, price] of PRICES) {
  test(`a price written ${JSON.stringify(written)} in ${currency} is ${price}`, () => {
    assert.equal(money(written, currency), price);
  });
}

test('minor units are cents, or what the shop says they are', () => {
  assert.deepEqual(
    [major(1999), major('1999', 0), major('12345', 3), major(undefined)],
    [19.99, 1999, 12.345, undefined],
  );
});
