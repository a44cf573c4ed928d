/**
 * Act once, when what was just put into the page has been painted in a visible tab.
 *
 * A frame callback runs before the paint of its frame, a task queued in it runs after.
 *
 * @param {() => void} act
 * @returns {() => void} call it to give up waiting
 */
export function whenPainted(act) {
  let waiting = true;
  function look() {
    if (!waiting) return;
    if (document.hidden) document.addEventListener('visibilitychange', look, { once: true });
    else requestAnimationFrame(() => setTimeout(seen));
  }
  function seen() {
    if (document.hidden) look();
    else if (waiting) {
      waiting = false;
      act();
    }
  }
  look();
  return () => {
    waiting = false;
  };
}
