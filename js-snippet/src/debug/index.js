/**
 * Shows the merchant what the snippet sees: `?shopbell=debug...` in the page's address, as `shopbell sites debug-link`
 * prints it. The engine has to know the link; then it goes along to the shop's other pages.
 */
import { make } from '../popup/element.js';
import { safely } from '../safe.js';
import { recallJson } from '../store.js';
import { follow, hintsOf, momentsOf, money } from './story.js';
import { css } from './style.js';

const NAME = 'shopbell';
const MARKS = { waits: '…', taken: '✓', refused: '✕', shown: '★' };
/** The page goes on telling while nobody reports a frame: its kind may become known. */
const LOOK_MS = 500;

/** @param {string} text @param {string} [kind] */
const said = (text, kind) => make('dd', { class: kind }, text);

/** @param {string} title @param {(Node | false)[]} lines @param {string} kind @param {'ol' | 'ul'} [list] */
const part = (title, lines, kind, list = 'ul') =>
  lines.length > 0 &&
  make('section', {}, make('h3', {}, title), make(list, { class: kind }, ...lines));

/** @param {any} page */
function productOf({ kind, product }) {
  if (!product) return kind === 'product' ? said('none recognised', 'warn') : said('–');
  const price = money(product.price, product.currency);
  return said(`${product.name ?? product.id}${price && `, ${price}`}`);
}

/** @param {any} cart */
const cartOf = (cart) =>
  cart
    ? `${cart.items.length} ${cart.items.length === 1 ? 'line' : 'lines'}, ${money(cart.value, cart.currency)}`
    : 'not told in this tab';

/** @param {Record<string, string> | undefined} consent */
const consentOf = (consent) =>
  consent
    ? Object.entries(consent)
        .map(([what, choice]) => `${what} ${choice}`)
        .join(', ')
    : 'nobody asked yet';

/** @param {any} page @param {import('./story.js').Story} story @param {string} way */
function facts(page, { cart, consent, connected }, way) {
  const { kind, url = '', category } = page;
  /** @type {[string, HTMLElement | undefined][]} */
  const rows = [
    [
      'Page',
      said(kind ? `${kind}  ${url}` : 'not told yet', !kind || kind === 'other' ? 'warn' : ''),
    ],
    ['Product', productOf(page)],
    ['Category', category && said(category)],
    ['Cart', said(cartOf(cart))],
    ['Consent', said(consentOf(consent))],
    ['Engine', connected ? said(`connected, by ${way}`) : said('not connected', 'warn')],
  ];
  return make(
    'dl',
    {},
    ...rows.flatMap(([name, value]) => (value ? [make('dt', {}, name), value] : [])),
  );
}

/** @param {import('./story.js').Told} told */
const line = ({ name, words, mark }) =>
  make(
    'li',
    {},
    make(
      'span',
      { class: mark === 'refused' ? 'bad' : mark === 'waits' ? 'warn' : 'ok' },
      MARKS[mark],
    ),
    make('span', {}, make('b', {}, name), make('small', {}, words)),
  );

/** @param {import('../types.js').DebugPorts} ports */
export function debug({ window, document, site, engine, heard, page, after }) {
  const link = new URLSearchParams(window.location.search).get(NAME) ?? '';
  const story = follow();
  let open = window.innerWidth > 480;
  const body = make('div', { class: 'body' });
  const toggle = make('button', { type: 'button', click: () => fold(!open) });
  const host = make(/** @type {'div'} */ ('shopbell-debug'), { lang: 'en', dir: 'ltr' });
  const panel = make(
    'section',
    { 'aria-label': 'What Shopbell sees' },
    make(
      'header',
      {},
      make('i'),
      make('h2', {}, 'What Shopbell sees'),
      toggle,
      make('button', { type: 'button', 'aria-label': 'Close', click: () => host.remove() }, '✕'),
    ),
    body,
  );

  const tab = () => window.sessionStorage;
  const draw = safely(() => {
    // an earlier page of the tab may have told it: it is told again only when it has changed
    story.cart ??= recallJson(tab, 'shopbell.tab')?.cart;
    const way = recallJson(tab, 'shopbell.way')?.[0] > Date.now();
    panel.className = `panel${story.connected ? ' on' : ''}${open ? '' : ' closed'}`;
    body.replaceChildren(
      facts(page() ?? {}, story, way ? 'POST or SSE' : 'WebSocket'),
      ...[
        part(
          'What to add',
          hintsOf(page()).map((hint) => make('li', {}, hint)),
          'hints',
        ),
        part(
          'It waits for',
          momentsOf(story.arm).map((moment) => make('li', {}, moment)),
          '',
        ),
        part('Told', [...story.told()].reverse().map(line), 'told', 'ol'),
      ].filter((each) => each !== false),
    );
  });

  /** @param {boolean} opened */
  const fold = (opened) => {
    open = opened;
    toggle.textContent = open ? '–' : '+';
    toggle.setAttribute('aria-label', open ? 'Make it small' : 'Make it large');
    toggle.setAttribute('aria-expanded', String(open));
    draw();
  };

  const watch = () => {
    if (!host.isConnected) return;
    draw();
    after(LOOK_MS, watch);
  };

  const show = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const shadow = host.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(panel);
    document.documentElement.append(host);
    fold(open);
    watch();
    // the shop's own links lead on with it
    document.addEventListener(
      'click',
      safely(({ target }) => {
        const found = /** @type {Element} */ (target).closest?.('a');
        if (!found?.href || found.origin !== window.location.origin) return;
        const url = new URL(found.href);
        url.searchParams.set(NAME, link);
        found.href = url.href;
      }),
      true,
    );
  };

  heard(
    safely((frame) => {
      story.hear(frame);
      draw();
    }),
  );
  const url = engine('v1/debug');
  url.search = `${new URLSearchParams({ site, link })}`;
  window
    .fetch(url)
    .then(({ ok }) => {
      if (ok) show();
      else
        console.warn(
          'Shopbell: this debug link is not valid any more; make a new one with shopbell sites debug-link',
        );
    })
    .catch(() => {});
}
