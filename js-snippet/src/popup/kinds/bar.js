import { css } from './bar.style.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */
/** @typedef {import('../types.js').Money} Money */

const CHECK = 'M5 12.5l5 5 9-11';

/**
 * Write an amount as the engine writes it: no decimals where it is whole.
 *
 * @param {number} amount
 * @param {Money} money
 */
export function written(amount, { decimals, group, pattern, point }) {
  const [whole = '', part] = (
    Number.isInteger(amount) ? `${amount}` : amount.toFixed(decimals)
  ).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, () => group);
  return pattern.replace('#', () => grouped + (part ? point + part : ''));
}

/**
 * Build the bar; with progress it follows the cart.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { closeButton, corner, labels, make, offer } = stage;
  const { position, progress, text = '' } = popup;
  const words = make('p', { class: 'words' }, !progress && text);
  const acts = offer(popup, stage);
  const line = make('div', {}, words);
  const update = progress && follow(popup, stage, line, words);
  const built = corner(
    `bar at-${position === 'bottom' ? position : 'top'}`,
    words.textContent ?? '',
    stage,
    line,
    acts.length > 0 && make('div', { class: 'acts' }, ...acts),
    closeButton(labels.close, stage.dismiss),
  );
  return { ...built, update, css };
}

/**
 * Draw how far the cart has come, now and whenever it changes.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {HTMLElement} line
 * @param {HTMLElement} words
 */
function follow({ progress, text = '' }, { icon, make, tell, vanish, vary }, line, words) {
  const { currency, done, goal, money, value } = /** @type {import('../types.js').Progress} */ (
    progress
  );
  const track = make(
    'div',
    { class: 'track', 'aria-hidden': 'true' },
    make('div', { class: 'fill' }),
  );
  line.append(track);

  /** @param {number} now */
  const draw = (now) => {
    const missing = Math.max(0, goal - now);
    const [before = '', ...after] = text.split('{missing}');
    vary('part', Math.min(1, now / goal));
    line.classList.toggle('full', !missing);
    // New nodes have no place that they could be seen to move from.
    words.replaceChildren(
      ...(missing
        ? [before, ...after.flatMap((rest) => [make('b', {}, written(missing, money)), rest])]
        : [tick(), done ?? '']),
    );
  };
  const tick = () => {
    const drawn = icon(CHECK);
    drawn.classList.add('tick');
    return drawn;
  };
  draw(value);
  /** @param {{ value?: number, currency?: string }} cart */
  return (cart) => {
    if (cart.currency && cart.currency !== currency) return;
    const now = cart.value ?? 0;
    if (now >= goal && !done) vanish();
    draw(now);
    tell(words.textContent ?? '');
  };
}
