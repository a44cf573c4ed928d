import { css } from './countdown.style.js';

export { css };

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */

const CLOCK = 'M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0';
/** At so many seconds before the end it is said aloud. */
const SAID_AT = [600, 300, 60];
const HOUR_S = 3_600;
const DAY_S = 86_400;

/**
 * Return what tells how many seconds a coupon still has: the engine's own expiry, never a fresh start.
 *
 * The wall clock goes on while the machine sleeps; the page's clock knows when the frame came.
 *
 * @param {Popup} popup
 */
function secondsOf({ at = performance.now(), coupon }) {
  const endMs = Date.now() - performance.now() + at + (coupon?.expires_ms ?? 0);
  return () => Math.max(0, Math.ceil((endMs - Date.now()) / 1000));
}

/**
 * Draw at once, and then at each second until the end or until the popup is gone.
 *
 * @param {HTMLElement} element
 * @param {() => number} left
 * @param {(seconds: number) => void} draw
 */
function run(element, left, draw) {
  const tick = () => {
    const seconds = left();
    draw(seconds);
    if (seconds) setTimeout(() => element.isConnected && tick(), 1000 - (Date.now() % 1000));
  };
  tick();
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/** @param {number} seconds @returns {number[]} days, hours, minutes, seconds */
const partsOf = (seconds) => [
  Math.floor(seconds / DAY_S),
  Math.floor(seconds / 3600) % 24,
  Math.floor(seconds / 60) % 60,
  seconds % 60,
];

/**
 * Write what is left in one line: 1:04:09 or 04:09, or whole days where there are at least two.
 *
 * @param {number} seconds
 * @param {string} lang
 */
export function written(seconds, lang) {
  const [days = 0, hours = 0, ...rest] = partsOf(seconds);
  if (days > 1)
    return new Intl.NumberFormat(lang, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(
      days,
    );
  const whole = days * 24 + hours;
  return [...(whole ? [whole] : []), ...rest.map(two)].join(':');
}

/**
 * The line below a code that says how long it is good.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function ends(popup, { icon, labels, make }) {
  const words = make('span');
  const line = make('p', { class: 'ends', role: 'timer' }, icon(CLOCK), words);
  run(line, secondsOf(popup), (seconds) => {
    const time = written(seconds, popup.lang);
    words.textContent = seconds ? [labels.ends_in, time].join(' ').trim() : (labels.expired ?? '');
    if (!seconds) line.parentElement?.classList.add('ended');
  });
  return line;
}

/**
 * Build the countdown: a ticket whose clock runs to the end of its coupon.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { make, modal, offer } = stage;
  const stub = make('div', { class: 'stub' }, ...offer(popup, { ...stage, ends: undefined }));
  const top = make(
    'div',
    { class: 'top' },
    make('h2', { id: 'title', tabindex: '-1', autofocus: '' }, popup.title),
    popup.text && make('p', { id: 'text' }, popup.text),
    clock(popup, stage, () => stub.classList.add('ended')),
  );
  return modal(popup, stage, top, stub);
}

/**
 * The boxes with the time that is left; when it is over, a sentence says so in the same place.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {() => void} expire
 */
function clock(popup, { labels, make, tell }, expire) {
  const left = secondsOf(popup);
  const boxes = ['days', 'hours', 'minutes', 'seconds']
    // The number of boxes stays: one that went would move the others.
    .slice(left() < HOUR_S ? 2 : left() < DAY_S ? 1 : 0)
    .map((unit) => make('span', {}, make('b'), make('small', {}, labels[unit])));
  const units = make('div', { class: 'units', role: 'timer', 'aria-live': 'off' }, ...boxes);
  const over = make('p', { class: 'over gone' }, labels.expired);
  const draw = (/** @type {number} */ seconds) => {
    const parts = partsOf(seconds).slice(-boxes.length);
    boxes.forEach((box, index) => {
      /** @type {Element} */ (box.firstChild).textContent = two(parts[index] ?? 0);
    });
    if (SAID_AT.includes(seconds))
      tell((labels.minutes_left ?? '').replace('{n}', `${seconds / 60}`));
    if (seconds) return;
    units.classList.add('gone');
    over.classList.remove('gone');
    expire();
    tell(labels.expired ?? '');
  };
  run(units, left, draw);
  return make('div', { class: 'clock' }, units, over);
}
