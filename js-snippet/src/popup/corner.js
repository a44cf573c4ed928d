import { make } from './element.js';

/** @typedef {import('./types.js').Stage} Stage */

/**
 * Build a panel beside the page: it never takes the focus, and leaves the page usable.
 *
 * @param {string} kind
 * @param {string | undefined} name what a screen reader calls it
 * @param {Stage} stage
 * @param {...(Node | string | false | undefined)} children
 */
export function corner(kind, name, stage, ...children) {
  /** @type {any} the element of the page that the focus came from */
  let cameFrom = null;
  const panel = make(
    'section',
    {
      class: `panel ${kind}`,
      popover: 'manual',
      'aria-label': name,
      focusin: ({ relatedTarget }) => {
        if (!panel.contains(relatedTarget)) cameFrom = relatedTarget;
      },
      keydown: ({ key }) => key === 'Escape' && stage.dismiss(),
    },
    ...children,
  );
  return {
    panel,
    words: name ?? '',
    // A browser without popovers shows the fixed card with the highest z-index.
    raise: () => panel.showPopover?.(),
    unraise: () => {
      if (panel.matches(':focus-within')) cameFrom?.focus({ preventScroll: true });
    },
  };
}
