import { css as sheet } from './sheet.style.js';
import { viewsOf } from './views.js';
import { css } from './wheel.style.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */

const GIFT =
  'M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7C9 7 7 6 7 4.500S10 3 12 7c2-4 5-4 5-2.500S15 7 12 7';
const ROUNDS = 6;
/** Up to so many, a slice has room for words across it; they run inwards where there are more. */
const WIDE = 8;
/** A little longer than the wheel's own transition. */
const TURN_MS = 4400;

/**
 * Build the wheel. Its prize was decided before: turning only shows it.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { icon, labels, make, modal, offer, report, tell, vary } = stage;
  const { prize = 0, result, segments = [], text, title } = popup;
  const step = 360 / segments.length;
  const won = make(
    'div',
    { class: 'won', tabindex: '-1' },
    make('h2', {}, result),
    ...offer({ ...popup, button: undefined }, stage),
  );
  const spin = () => {
    button.disabled = true;
    report('popup_submit', { fields: { spun: true } });
    tell(labels.turning ?? '');
    const still = matchMedia('(prefers-reduced-motion:reduce)').matches;
    vary('turn', `${(still ? 0 : ROUNDS * 360) - prize * step}deg`);
    setTimeout(
      () => {
        views.turn(won);
        tell(result ?? '');
      },
      still ? 0 : TURN_MS,
    );
  };
  const button = make(
    'button',
    { class: 'go', type: 'button', click: spin },
    /** @type {string} */ (popup.button),
  );
  const play = make(
    'div',
    { class: 'play' },
    make('h2', { id: 'title', tabindex: '-1', autofocus: '' }, title),
    text && make('p', { id: 'text', class: 'lead' }, text),
    button,
  );
  const views = viewsOf(stage, [play, won]);
  const disc = make(
    'div',
    { class: 'disc', role: 'img', 'aria-label': segments.join(', ') },
    make(
      'div',
      { class: `dial ${segments.length > WIDE ? 'many' : ''}` },
      ...segments.map((words) => slice(words, stage)),
    ),
    make('span', { class: 'hub' }, icon(GIFT)),
    make('span', { class: 'hand' }),
  );
  const body = make('div', { class: 'sheet' }, make('div', { class: 'half' }, disc), views.element);
  return { ...modal(popup, stage, body), css: sheet + css + painted(segments.length) };
}

/** @param {string} words @param {Stage} stage */
function slice(words, { make }) {
  return make('div', { class: 'slice' }, make('span', {}, words));
}

/**
 * The style of the slices, of which each has its own turn and colour. The first stands on top.
 *
 * Only the accent and the card's own colours are used, in turns, so that texts can be read on all of them;
 * where their number is odd, the last one stands between two others and is tinted. The style sheet names the
 * colours --ground-0 and --words-0, and so on: its own names of colours are shortened when it is built.
 *
 * @param {number} count
 */
export function painted(count) {
  const step = 360 / count;
  const stops = [];
  const rules = [];
  for (let index = 0; index < count; index++) {
    const last = index === count - 1 && count % 2;
    const look = last ? 2 : index % 2;
    stops.push(`var(--ground-${look}) ${index * step}deg ${(index + 1) * step}deg`);
    rules.push(
      `.slice:nth-child(${index + 1}){transform:rotate(${index * step}deg);color:var(--words-${look})}`,
    );
  }
  const room = Math.round(68 * Math.tan((step * Math.PI) / 360));
  return `.dial{--room:${room}%;background:conic-gradient(from ${-step / 2}deg,${stops})}${rules.join('')}`;
}
