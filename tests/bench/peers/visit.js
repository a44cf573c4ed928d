/** What a peer knows of one connection: the page, what the browser said, and the facts that rules read of them. */

const FREE_SHIPPING_FROM = 1500;

export class Visit {
  page = { kind: 'other', url: '/' };
  dwell = 0;
  scroll = 0;
  context = {};
  startedMs = Date.now();

  /** @param {object} hello */
  greet(hello) {
    this.context = hello.context ?? {};
    this.page = hello.page ?? this.page;
  }

  /**
   * Return what an event changes, as words of `peer_observe`, and follow the page in memory.
   *
   * @param {{name: string, data: any}} event
   * @returns {(string | number)[]}
   */
  changes({ name, data }) {
    if (name === 'page_view') return this.#turn(data);
    if (name === 'page_dwell') return this.#attend(data.ms);
    if (name === 'scroll') this.scroll = Math.max(this.scroll, data.percent);
    if (name === 'cart') {
      const quantity = data.items.reduce((sum, item) => sum + item.quantity, 0);
      return ['=', 'cart.value', data.value, '=', 'cart.quantity', quantity];
    }
    return ['+', `count(${name})`, 1];
  }

  #turn(page) {
    this.page = page;
    this.dwell = this.scroll = 0;
    const words = ['+', 'session.views', 1, '+', `views(${page.kind})`, 1, '+', `path:${page.url}`, 1];
    if (page.product) {
      words.push('+', `views:${page.product.id}`, 1, 'first', `seen:${page.product.id}`, 'session.products');
    }
    if (page.category) words.push('+', `views:${page.category}`, 1);
    return words;
  }

  #attend(ms) {
    this.dwell += ms;
    const words = ['+', 'session.dwell', ms];
    if (this.page.product) words.push('+', `dwell:${this.page.product.id}`, ms);
    return words;
  }

  /** Return the names of the counters that the facts of this page are made of. @returns {string[]} */
  counters() {
    const { page } = this;
    return [
      ...ALWAYS,
      `path:${page.url}`,
      `views:${page.product?.id}`,
      `dwell:${page.product?.id}`,
      `views:${page.category}`,
    ];
  }

  /**
   * Return all facts by their names; always an object of one shape, which the compiler likes.
   *
   * @param {(string | null)[]} values of `counters()`
   * @param {{name: string, data: any}} event
   */
  facts(values, { name, data }) {
    const { page, context } = this;
    const { product } = page;
    const count = (n) => Number(values[n] ?? 0);
    const value = count(0);
    return {
      page: page.kind,
      'page.path': page.url.split('?')[0],
      'page.dwell': this.dwell,
      'page.scroll': this.scroll,
      'page.views': count(10),
      'cart.value': value,
      'cart.quantity': count(1),
      'cart.missing_for_free_shipping': Math.max(0, FREE_SHIPPING_FROM - value),
      'session.views': count(2),
      'session.dwell': count(3),
      'session.products': count(4),
      'views(cart)': count(5),
      'count(add_to_cart)': count(6),
      'count(begin_checkout)': count(7),
      'count(purchase)': count(8),
      'count(search)': count(9),
      'product.id': product?.id,
      'product.category': product?.category,
      'product.price': product?.price,
      'product.stock': product?.stock,
      'product.views': product && count(11),
      'product.dwell': product && count(12),
      'category.id': page.category,
      'category.views': page.category && count(13),
      'session.age': Date.now() - this.startedMs,
      'traffic.campaign': context.utm?.campaign ?? '',
      'visitor.sessions': 1,
      'visitor.returning': false,
      'visitor.language': (context.language ?? '').toLowerCase(),
      'visitor.device': context.pointer === 'coarse' ? 'phone' : 'computer',
      exit_intent: name === 'exit_intent',
      idle: name === 'idle' ? data.ms : 0,
    };
  }
}

const ALWAYS = [
  'cart.value',
  'cart.quantity',
  'session.views',
  'session.dwell',
  'session.products',
  'views(cart)',
  'count(add_to_cart)',
  'count(begin_checkout)',
  'count(purchase)',
  'count(search)',
];
