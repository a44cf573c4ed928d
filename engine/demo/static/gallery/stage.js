/* Shows one popup of the gallery with the renderer that shops get; what it reports is kept for who looks. */
const page = document.documentElement;
const popup = JSON.parse(document.getElementById('popup').textContent);
const reports = [];

window.reported = reports;
const report = (name, more) => {
  reports.push({ name, ...more });
  page.dataset.reported = reports.map((each) => each.name).join(' ');
};

import(page.dataset.renderer).then(({ open }) => {
  window.shown = open(popup, report);
});
