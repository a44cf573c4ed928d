/**
 * Runs before anything of a page, and keeps in `watched` what the tests ask for: what went through the sockets, what
 * moved in the layout, what the page's policy refused, and what was thrown.
 */
window.watched = { sockets: [], sent: [], received: [], shifts: [], refused: [], thrown: [] };

window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    watched.sockets.push(this);
    this.addEventListener("message", ({ data }) => watched.received.push({ at: performance.now(), ...JSON.parse(data) }));
  }

  send(text) {
    watched.sent.push({ at: performance.now(), ...JSON.parse(text) });
    super.send(text);
  }
};

addEventListener("securitypolicyviolation", (event) => watched.refused.push(event.violatedDirective));
addEventListener("error", ({ message, target }) => watched.thrown.push(message ?? `did not load: ${target.src}`));
addEventListener("unhandledrejection", ({ reason }) => watched.thrown.push(String(reason)));
new PerformanceObserver((list) => watched.shifts.push(...list.getEntries().map(({ value }) => value))).observe({
  type: "layout-shift",
  buffered: true,
});
