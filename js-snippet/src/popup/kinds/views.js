/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */

export const CHECK = 'M5 12.5l5 5 9-11';

/**
 * Put views into one place: the largest gives the size, so nothing moves when they take turns.
 *
 * @param {Stage} stage
 * @param {HTMLElement[]} all the first one is seen first
 */
export function viewsOf({ make }, all) {
  /** @param {HTMLElement} seen */
  const show = (seen) => {
    for (const view of all) view.classList.toggle('off', view !== seen);
  };
  if (all[0]) show(all[0]);
  return {
    element: make('div', { class: 'views' }, ...all),

    /** Turn to a view. The pressed button goes with the one before, so the focus goes along. @param {HTMLElement} view */
    turn(view) {
      show(view);
      view.focus({ preventScroll: true });
    },
  };
}

/**
 * What is seen in the end: a tick, the shop's thanks, and a coupon where there is one.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function thanksOf(popup, stage) {
  const { icon, make, offer } = stage;
  return make(
    'div',
    { class: 'thanks', tabindex: '-1' },
    make('span', { class: 'badge' }, icon(CHECK)),
    make('p', {}, popup.thanks),
    ...(popup.coupon
      ? [make('div', { class: 'offer' }, ...offer({ ...popup, button: undefined }, stage))]
      : []),
  );
}
