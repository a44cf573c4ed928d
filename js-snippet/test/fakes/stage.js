/** What a kind of popup is built on. */
import { chat } from '../../src/popup/chat.js';
import { codeRow, goLink, offer } from '../../src/popup/code.js';
import { ticket } from '../../src/popup/conversation.js';
import { corner } from '../../src/popup/corner.js';
import { closeButton, icon, make } from '../../src/popup/element.js';
import { modal } from '../../src/popup/modal.js';
import { fakeDom } from './dom.js';

const kit = { make, icon, closeButton, codeRow, goLink, offer, ticket, modal, corner, chat };

/**
 * Build a popup of a kind, and keep what it does.
 *
 * @param {(popup: any, stage: any) => any} build
 * @param {object} content
 */
export function stand(build, content) {
  fakeDom();
  /** @type {[string, any][]} */
  const reports = [];
  /** @type {string[]} */
  const said = [];
  /** @type {Record<string, any>} */
  const varied = {};
  const labels = new Proxy({}, { get: (_, name) => String(name) });
  const popup = { lang: 'en', dir: 'ltr', labels, ...content };
  /** @param {string} name @param {any} data */
  const report = (name, data) => reports.push([name, data]);
  const stage = {
    ...kit,
    labels,
    report,
    dismiss: () => report('popup_close', {}),
    vanish: () => report('left', {}),
    tell: (/** @type {string} */ words) => said.push(words),
    vary(/** @type {string} */ name, /** @type {any} */ value) {
      varied[name] = value;
    },
  };
  const built = build(popup, stage);
  /** @type {import('./dom.js').FakeElement} */
  const panel = built.panel;
  return { built, panel, reports, said, varied };
}
