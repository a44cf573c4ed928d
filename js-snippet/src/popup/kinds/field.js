/** @typedef {import('../types.js').Stage} Stage */

/**
 * A field of a form, and a line that says what is wrong with it.
 *
 * @param {Stage} stage
 * @param {Record<string, string | undefined>} attributes with an id
 */
export function fieldOf({ make }, attributes) {
  const field = make('input', { class: 'field', ...attributes });
  const wrong = make('p', { class: 'wrong', id: `${attributes.id}-wrong`, role: 'alert' });
  return {
    field,
    wrong,

    /** Say what is wrong, or with '' that nothing is. @param {string | undefined} words */
    refuse(words = '') {
      wrong.textContent = words;
      if (!words) {
        field.removeAttribute('aria-invalid');
        return;
      }
      field.setAttribute('aria-invalid', 'true');
      field.setAttribute('aria-describedby', wrong.id);
      field.focus();
    },
  };
}
