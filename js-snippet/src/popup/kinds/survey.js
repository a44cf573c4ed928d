import { css as fieldCss } from './field.style.js';
import { css as sheet } from './sheet.style.js';
import { css } from './survey.style.js';
import { thanksOf, viewsOf } from './views.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */

const STAR = 'M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z';
const STARS = 5;

/**
 * Build the survey: one press answers it, and a comment may follow.
 *
 * An answer whose comment was not sent still counts when the shopper closes the popup.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { closeButton, corner, labels, report, tell } = stage;
  /** @type {Record<string, string> | null} the answer that is not sent yet */
  let fields = null;
  let answered = false;
  const send = (/** @type {Record<string, string>} */ comment) => {
    if (fields) report('popup_submit', { fields: { ...fields, ...comment } });
    fields = null;
  };
  const thanks = thanksOf(popup, stage);
  const finish = (/** @type {string} */ words) => {
    send(words ? { comment: words } : {});
    views.turn(thanks);
    tell(popup.thanks ?? '');
  };
  const more = popup.comment ? comment(popup, stage, finish) : undefined;
  const ask = question(popup, stage, (answer) => {
    if (answered) return;
    answered = true;
    fields = answer;
    if (more) views.turn(more);
    else finish('');
  });
  const views = viewsOf(stage, more ? [ask, more, thanks] : [ask, thanks]);
  const dismiss = () => {
    send({});
    stage.dismiss();
  };
  const built = corner(
    `survey ${popup.scale}`,
    popup.question,
    { ...stage, dismiss },
    closeButton(labels.close, dismiss),
    views.element,
  );
  return { ...built, css: sheet + fieldCss + css };
}

/**
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {(fields: Record<string, string>) => void} answer
 */
function question({ high, low, options = [], question, scale }, { icon, labels, make }, answer) {
  const choice = scale === 'choice';
  const numbers = scale === 'stars' ? [1, 2, 3, 4, 5] : [...Array(11).keys()];
  const buttons = (choice ? options : numbers).map((value, index) => {
    const click = () => answer(choice ? { choice: `${index}` } : { score: `${value}` });
    const name = (labels.of ?? '').replace('{n}', `${value}`).replace('{most}', `${STARS}`);
    return scale === 'stars'
      ? make('button', { type: 'button', 'aria-label': name || `${value}`, click }, icon(STAR))
      : make('button', { type: 'button', click }, `${value}`);
  });
  return make(
    'div',
    { class: 'ask', tabindex: '-1' },
    make('h2', { id: 'question' }, question),
    make('div', { class: 'scale', role: 'group', 'aria-labelledby': 'question' }, ...buttons),
    (low || high) && make('p', { class: 'ends2' }, make('span', {}, low), make('span', {}, high)),
  );
}

/**
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {(words: string) => void} finish
 */
function comment(popup, { labels, make }, finish) {
  const field = make('textarea', { class: 'field', id: 'comment', maxlength: '1000' });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    finish(field.value.trim());
  };
  return make(
    'form',
    { class: 'more', tabindex: '-1', submit },
    make('h2', {}, make('label', { for: 'comment' }, popup.comment)),
    make(
      'div',
      { class: 'write' },
      field,
      make('button', { class: 'go', type: 'submit' }, labels.send),
    ),
  );
}
