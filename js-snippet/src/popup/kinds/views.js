/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */

export const CHECK = 'M5 12.5l5 5 9-11';

/**
 * Put views into one place, where they take turns.
 *
 * @param {Stage} stage
 * @param {HTMLElement[]} all the first one is seen first
 */
export function viewsOf({ make }, all) {
  const element = make('div', { class: 'views' }, ...all);
  /** @param {HTMLElement | undefined} seen */
  const show = (seen) => {
    for (const view of all) view.classList.toggle('off', view !== seen);
  };
  show(all[0]);
  return {
    element,

    /**
     * Turn to a view, which may be of another size. The panel is laid out as if it had just come: what was
     * not there before has not moved. The pressed button goes, so the focus goes along.
     *
     * @param {HTMLElement} view
     */
    turn(view) {
      const panel = element.closest('.panel');
      panel?.classList.add('turned', 'off');
      element.getBoundingClientRect();
      show(view);
      panel?.classList.remove('off');
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
