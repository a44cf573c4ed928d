/**
 * Act once, when what was just put into the page has been painted in a visible tab.
 *
 * A frame callback runs before the paint of its frame, a task queued in it runs after; in a hidden
 * tab there are no frames until it is seen again.
 *
 * @param {() => void} act
 * @returns {() => void} call it to give up waiting
 */
export function whenPainted(act) {
  let waiting = true;
  const painted = () => {
    if (document.hidden) look();
    else if (waiting) act();
  };
  const look = () => requestAnimationFrame(() => setTimeout(painted));
  look();
  return () => {
    waiting = false;
  };
}
