/** The page's own script of harness.html, which tells how to use it. */
const page = /** @type {any} */ (window);
/** @type {{ close(): void } | null} */
let handle = null;

page.reports = [];
page.shifts = [];
page.violations = [];

document.addEventListener('securitypolicyviolation', (event) =>
  page.violations.push(event.violatedDirective),
);
if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
  new PerformanceObserver((list) => page.shifts.push(...list.getEntries())).observe({
    type: 'layout-shift',
    buffered: true,
  });
}

/** @param {import('../../src/popup/index.js').Popup} popup */
page.openPopup = async (popup) => {
  const module = new URLSearchParams(location.search).get('module') ?? '';
  const { open } = await import(new URL(module, location.origin).pathname);
  handle = open(popup, (/** @type {string} */ name, /** @type {object} */ data) =>
    page.reports.push([name, data]),
  );
  return handle !== null;
};

page.closePopup = () => handle?.close();
