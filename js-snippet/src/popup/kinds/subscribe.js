import { safeLink } from '../link.js';
import { refusable } from './field.js';
import { css as fieldCss } from './field.style.js';
import { css as sheet } from './sheet.style.js';
import { css } from './subscribe.style.js';
import { thanksOf, viewsOf } from './views.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */
/** @typedef {import('../types.js').Channel} Channel */

const BUBBLE = 'M4 5h16v11H11l-5 4v-4H4z';

/**
 * Build the form for an address, with links to the shop's other channels.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const { labels, make, modal, report, tell } = stage;
  const { channels = [], consent, text, title } = popup;
  const thanks = thanksOf(popup, stage);
  const send = (/** @type {string} */ email) => {
    report('popup_submit', { fields: { email, consent: true } });
    views.turn(thanks);
    tell(popup.thanks ?? '');
  };
  const ask = make(
    'div',
    {},
    make('h2', { id: 'title', tabindex: '-1', autofocus: '' }, title),
    text && make('p', { id: 'text', class: 'lead' }, text),
    consent && form(popup, stage, send),
    consent && channels.length > 0 && make('p', { class: 'or' }, labels.or),
    channels.length > 0 &&
      make('div', { class: 'channels' }, ...channels.map((each) => link(each, stage))),
  );
  const views = viewsOf(stage, [ask, thanks]);
  return {
    ...modal(popup, stage, make('div', { class: 'sheet' }, views.element)),
    css: sheet + fieldCss + css,
  };
}

/** @param {Popup} popup @param {Stage} stage @param {(email: string) => void} send */
function form({ button, consent, placeholder }, stage, send) {
  const { labels, make } = stage;
  const field = make('input', {
    class: 'field',
    id: 'email',
    type: 'email',
    required: '',
    maxlength: '254',
    autocomplete: 'email',
    placeholder,
    'aria-label': labels.email ?? placeholder,
  });
  const box = make('input', { class: 'tick', type: 'checkbox', id: 'consent' });
  const label = make('label', { class: 'consent' }, box, make('span', {}, consent));
  const email = refusable(stage, field);
  const agreed = refusable(stage, box, label);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!field.validity.valid) email.refuse(labels.email_wrong);
    else if (!box.checked) agreed.refuse(labels.consent_needed);
    else send(field.value);
  };
  return make(
    'form',
    { novalidate: '', submit },
    email.element,
    agreed.element,
    make('button', { class: 'go', type: 'submit' }, /** @type {string} */ (button)),
  );
}

/** @param {Channel} channel @param {Stage} stage */
function link({ text, url }, { icon, make, report }) {
  return make(
    'a',
    {
      class: 'channel',
      href: safeLink(url, document.baseURI),
      target: '_blank',
      rel: 'noopener',
      click: () => report('popup_click', {}),
    },
    icon(BUBBLE),
    text,
  );
}
