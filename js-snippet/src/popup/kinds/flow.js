import { bubble, logOf } from '../conversation.js';
import { safeLink } from '../link.js';
import { refusable } from './field.js';
import { css as fieldCss } from './field.style.js';
import { css } from './flow.style.js';
import { showLast, type } from './talk.js';
import { css as talkCss } from './talk.style.js';

/** @typedef {import('../types.js').Stage} Stage */
/** @typedef {import('../types.js').Popup} Popup */
/** @typedef {import('../types.js').Step} Step */
/** @typedef {import('../types.js').Ask} Ask */
/** @typedef {{ text?: string, title?: string, go?: string, start?: boolean, url?: string }} Choice */

const SEND = 'M5 12h14M13 6l6 6-6 6';
const TYPING_MS = 900;

/**
 * Build a chat that goes from step to step, as the shopper chooses and answers.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 */
export function build(popup, stage) {
  const log = logOf(popup);
  const built = stage.chat(popup, stage, log);
  built.panel.classList.add('flow');
  const first = popup.steps?.start;
  talk(popup, stage, log);
  return {
    ...built,
    words: [popup.title, ...(first?.say ?? [])].filter(Boolean).join('\n'),
    css: talkCss + fieldCss + css,
  };
}

/**
 * Let the shop talk: the first step at once, whatever follows as if it were typed.
 *
 * @param {Popup} popup
 * @param {Stage} stage
 * @param {HTMLElement} log
 */
function talk(popup, stage, log) {
  const { steps = {} } = popup;
  const anyCoupon = Object.values(steps).some((step) => step.coupon);

  /** What stands below a step's messages. @param {string} name */
  const offerChoices = (name) => {
    const step = steps[name] ?? {};
    if (popup.coupon && (anyCoupon ? step.coupon : name === 'start'))
      log.append(stage.ticket(popup, stage));
    for (const part of partsOf(name, step, stage, answer)) log.append(part);
    showLast(log);
    const go = step.go ?? (step.handover?.online ? undefined : step.handover?.go);
    if (go) enter(go);
  };

  /** Say one message after the other, then offer the choices. @param {string} name */
  const enter = (name) => {
    const [...say] = steps[name]?.say ?? [];
    const next = () => {
      const words = say.shift();
      if (!log.isConnected) return;
      if (words === undefined) return offerChoices(name);
      type(log, words);
      showLast(log);
      setTimeout(next, TYPING_MS);
    };
    next();
  };

  /**
   * The shopper said something: their words take the place of the choices.
   *
   * @param {string} words
   * @param {string | undefined} go
   */
  const answer = (words, go) => {
    // From here on the card keeps its height: messages scroll, and nothing in it moves.
    stage.vary('log', `${log.offsetHeight}px`);
    log.focus({ preventScroll: true });
    for (const part of log.querySelectorAll('.choices')) part.remove();
    log.append(bubble(words, 'bubble own'));
    showLast(log);
    if (go) enter(go);
  };

  for (const words of steps.start?.say ?? []) log.append(bubble(words));
  offerChoices('start');
}

/**
 * The parts of a step that wait for the shopper.
 *
 * @param {string} name
 * @param {Step} step
 * @param {Stage} stage
 * @param {(words: string, go?: string) => void} answer
 */
function partsOf(name, { ask, cards = [], handover, options = [], say = [] }, stage, answer) {
  const { make } = stage;
  /** @param {Choice} choice @param {number} index */
  const take = ({ go, start, text, title }, index) => {
    const words = title ?? text ?? '';
    stage.report('chat_message', { text: words });
    if (start) {
      stage.report('popup_submit', { fields: { step: name, choice: `${index}` } });
      stage.vanish();
    } else answer(words, go);
  };
  const buttons = options.map((each, index) =>
    press(each, stage, {}, () => take(each, index), each.text),
  );
  const deck = cards.map((each, index) =>
    press(
      each,
      stage,
      { class: 'card' },
      () => take(each, options.length + index),
      ...faceOf(each, stage),
    ),
  );
  return [
    deck.length > 0 && make('div', { class: 'deck choices' }, ...deck),
    buttons.length > 0 && make('div', { class: 'replies choices' }, ...buttons),
    ask &&
      form(ask, say.at(-1), stage, (value) => {
        stage.report('popup_submit', { fields: { step: name, [ask.name]: value } });
        answer(`${value}`, ask.go);
      }),
    ...(handover ? talkTo(handover, stage) : []),
  ].filter((part) => !!part);
}

/**
 * A choice is a link where it leads out of the chat, else a button.
 *
 * @param {Choice} choice
 * @param {Stage} stage
 * @param {Record<string, string>} attributes
 * @param {() => void} click
 * @param {...(Node | string | false | undefined)} children
 */
function press({ url }, { make, report }, attributes, click, ...children) {
  const href = safeLink(url, document.baseURI);
  const follow = () => report('popup_click', {});
  return href
    ? make('a', { ...attributes, href, rel: 'noopener', click: follow }, ...children)
    : make('button', { ...attributes, type: 'button', click }, ...children);
}

/** @param {import('../types.js').Card} card @param {Stage} stage */
function faceOf({ image, text, title }, { make }) {
  const src = safeLink(image, document.baseURI);
  return [
    src && make('img', { src, alt: '', width: '176', height: '132', decoding: 'async' }),
    make('span', {}, title),
    text && make('span', {}, text),
  ];
}

/**
 * Somebody answers, or nobody is there and the chat goes on.
 *
 * @param {NonNullable<Step['handover']>} handover
 * @param {Stage} stage
 * @returns {HTMLElement[]}
 */
function talkTo({ online, text }, stage) {
  if (!online) return [bubble(text)];
  const write = form({ name: 'message', type: 'text' }, text, stage, (value) => {
    stage.report('chat_message', { text: `${value}` });
    write.before(bubble(`${value}`, 'bubble own'));
    showLast(/** @type {HTMLElement} */ (write.parentElement));
  });
  return [stage.make('p', { class: 'presence' }, text), write];
}

/**
 * A field to answer in.
 *
 * @param {Ask} ask
 * @param {string | undefined} question what it answers
 * @param {Stage} stage
 * @param {(value: string | number) => void} send
 */
function form({ placeholder, type: kind }, question, stage, send) {
  const { icon, labels, make } = stage;
  const field = make('input', {
    class: 'field',
    id: 'answer',
    type: kind === 'email' ? 'email' : 'text',
    inputmode: { email: 'email', number: 'decimal', text: undefined }[kind],
    autocomplete: kind === 'email' ? 'email' : 'off',
    maxlength: '256',
    placeholder: placeholder ?? labels.answer,
    'aria-label': question || labels.answer,
  });
  const { element, refuse } = refusable(stage, field);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const value = field.value.trim();
    const number = Number(value.replace(',', '.'));
    if (!value) return field.focus();
    if (!field.validity.valid) return refuse(labels.email_wrong);
    if (kind === 'number' && Number.isNaN(number)) return refuse(labels.number_wrong);
    field.value = '';
    send(kind === 'number' ? number : value);
  };
  return make(
    'form',
    { class: 'choices', novalidate: '', submit },
    element,
    make('button', { class: 'go', type: 'submit', 'aria-label': labels.send }, icon(SEND)),
  );
}
