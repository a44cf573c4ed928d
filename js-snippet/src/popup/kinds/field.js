/** @typedef {import('../types.js').Stage} Stage */

/**
 * Put a word that says what is wrong beside a field.
 *
 * @param {Stage} stage
 * @param {HTMLInputElement} field with an id
 * @param {Node} [around] what holds the field already, such as its label
 */
export function refusable({ make }, field, around = field) {
  const wrong = make('span', { class: 'wrong', id: `${field.id}-wrong`, role: 'alert' });
  field.setAttribute('aria-describedby', wrong.id);
  /** @param {string | undefined} words */
  const say = (words = '') => {
    wrong.textContent = words;
    if (words) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  };
  field.addEventListener('input', () => say());
  return {
    element: make('span', { class: 'hold' }, around, wrong),

    /** Say what is wrong, and let the shopper change it. @param {string | undefined} words */
    refuse(words) {
      field.focus();
      say(words);
    },
  };
}
