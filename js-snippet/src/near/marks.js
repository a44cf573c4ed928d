/** Marks on a scale that is passed one way. */

/** Whether a mark was passed. @param {number[] | undefined} marks @param {number} from @param {number} to */
export const crossed = (marks, from, to) => marks?.some((mark) => mark > from && mark <= to);

/** How far it is to the next mark. @param {number[] | undefined} marks @param {number} at */
export const gap = (marks = [], at) =>
  Math.min(...marks.filter((mark) => mark > at).map((mark) => mark - at));
