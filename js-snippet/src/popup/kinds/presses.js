/** What a popup needs once it is on the screen: what follows a press, and what a screen reader is told. */
import { bubble } from '../conversation.js';
import { make } from '../element.js';
import { showLast, type } from './talk.js';
import { css as talkCss } from './talk.style.js';
import { css } from './touch.style.js';

/** How long the button says that the code is copied. */
const COPIED_MS = 2500;

/** So long a live region wants to be there before its words are heard. */
const HEARD_MS = 100;

/**
 * Go along with a popup that was painted just now.
 *
 * @param {HTMLElement} panel
 * @param {() => void} dismiss
 * @param {string} words
 */
export function follow(panel, dismiss, words) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(talkCss + css);
  /** @type {ShadowRoot} */ (panel.getRootNode()).adoptedStyleSheets.push(sheet);
  if (panel.localName === 'dialog') onBackdrop(panel, dismiss);
  announce(panel, words);
}

/**
 * Tell screen readers.
 *
 * @param {HTMLElement} panel
 * @param {string} words
 */
export function announce(panel, words) {
  const status =
    panel.querySelector('[role=status]') ?? make('p', { class: 'said', role: 'status' });
  panel.append(status);
  setTimeout(() => {
    status.textContent = words;
  }, HEARD_MS);
}

/**
 * Put the shopper's answer in the place of the choices; the shop's next message follows.
 *
 * From here on the card keeps its height: messages scroll, and the page sees no layout shift.
 *
 * @param {HTMLElement} log
 * @param {HTMLElement} choices
 * @param {string} words
 * @param {string | undefined} next
 */
export function answer(log, choices, words, next) {
  log.style.blockSize = `${log.offsetHeight}px`;
  // The pressed button is about to go, and must not take the focus with it.
  log.focus({ preventScroll: true });
  choices.replaceWith(bubble(words, 'bubble own'));
  if (next) type(log, next);
  showLast(log);
}

/**
 * Copy a code, and say so for a while.
 *
 * @param {string} words
 * @param {HTMLElement} code where it stands
 * @param {HTMLElement} button
 * @param {() => void} copied
 */
export async function copy(words, code, button, copied) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // No clipboard without https, or not allowed in this frame: copy what is selected instead.
    getSelection()?.selectAllChildren(code);
    if (!document.execCommand('copy')) return;
  }
  copied();
  button.classList.add('done');
  setTimeout(() => button.classList.remove('done'), COPIED_MS);
}

/**
 * Act on a whole press on the backdrop; one that began inside the dialog selects text.
 *
 * @param {HTMLElement} dialog
 * @param {() => void} act
 */
function onBackdrop(dialog, act) {
  /** @type {EventTarget | null} */
  let pressed = null;
  dialog.addEventListener('pointerdown', ({ target }) => {
    pressed = target;
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog && pressed === dialog) act();
  });
}
