/**
 * Shows, once a second while this page is visible, what the engine sees of this visitor.
 *
 * The visitor is whoever the shop's snippet was told to be: it keeps its token in this browser, and the token is
 * all this page knows. Nothing is sent but the question.
 */

const ALWAYS_SHOWN = 4;
const TOKEN = "shopbell.token";
const EVERY_MS = 1000;
const MAIN_RULE = "cart-hesitation";
const CART_VISITS = "views(cart)";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const glow = { backgroundColor: ["var(--amber-tint)", "transparent"] };
const texts = JSON.parse(byId("texts").textContent);

function byId(id) {
  return document.getElementById(id);
}

/** The wording called `key`, its braces filled. */
function say(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Write only what differs: text that stays is not announced, selected or painted again. */
function write(node, text) {
  if (node.textContent === text) return false;
  node.textContent = text;
  return true;
}

/**
 * Make the children of `list` match `entries`, keeping the elements of those that stay.
 *
 * @param entries what to show; each has a `key` of its own
 * @param fill writes an entry into its element, which is an empty <li> the first time
 */
function keep(list, entries, fill) {
  const kept = new Map([...list.children].map((child) => [child.dataset.key, child]));
  entries.forEach((entry, index) => {
    const item = kept.get(entry.key) ?? element("li", "", "");
    kept.delete(entry.key);
    item.dataset.key = entry.key;
    fill(item, entry);
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  for (const gone of kept.values()) gone.remove();
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function clock(s) {
  const minutes = Math.floor(s / 60);
  return `${minutes}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
}

const armedValue = { page_dwell: seconds, idle: seconds, wake: seconds, scroll: (percent) => `${percent} %` };

/** The armed moments as sentences; one kind may be armed at several values. */
function armedSentences(armed) {
  return Object.entries(armed ?? {}).flatMap(([kind, armedAt]) => {
    const key = `armed_${kind}`;
    if (!armedAt) return [];
    if (!(key in texts)) return [kind];
    if (!(kind in armedValue)) return [say(key)];
    return [armedAt].flat().map((value) => say(key, { value: armedValue[kind](value) }));
  });
}

function showCounters(counters) {
  // the playbook reads dozens: those that are still nothing would only hide the others
  const telling = counters.filter(({ value }, place) => place < ALWAYS_SHOWN || value);
  const entries = telling.map((counter) => ({ key: counter.name, text: String(counter.text ?? counter.value) }));
  keep(byId("counters"), entries.length ? entries : [{ key: "", text: "" }], (item, { key, text }) => {
    if (!key) return void write(item, texts.none_counted);
    const isNew = !item.firstElementChild;
    if (isNew) item.append(element("code", "", key), element("strong", "", ""));
    if (write(item.lastElementChild, text) && !isNew && !calm.matches) item.animate(glow, 1600);
  });
}

function showArmed(armed) {
  const sentences = armedSentences(armed);
  const entries = sentences.length ? sentences : [texts.none_armed];
  keep(byId("armed"), entries.map((key) => ({ key })), (item, { key }) => {
    item.className = sentences.length ? "chip" : "quiet";
    write(item, key);
  });
}

function newRule(item) {
  const head = element("p", "rule-head", "");
  head.append(element("span", "rule-name", ""), element("span", "rule-state", ""));
  const why = element("p", "rule-why", "");
  why.append(element("span", "", `${texts.waits_for} `), element("code", "", ""), element("span", "rule-had", ""));
  item.append(head, why);
}

function showRules(rules) {
  byId("rules").classList.toggle("none", rules.length === 0);
  keep(byId("rules"), rules.map((rule) => ({ key: rule.rule, ...rule })), (item, rule) => {
    if (!item.firstElementChild) newRule(item);
    const [head, why] = item.children;
    item.className = `rule rule-${rule.state}`;
    write(head.firstElementChild, rule.name || rule.rule);
    write(head.lastElementChild, texts[`state_${rule.state}`] ?? rule.state);
    why.hidden = !rule.because || rule.state === "fired";
    why.firstElementChild.hidden = rule.state !== "holds";
    write(why.children[1], rule.because ?? "");
    write(why.lastElementChild, rule.had ? ` ${say("had", { value: rule.had })}` : "");
  });
}

function showWho({ visitor, session, page }) {
  write(byId("visitor"), visitor);
  write(byId("session"), session ? clock(session.started_s_ago) : texts.no_session);
  write(byId("now"), page ? `${page.kind} · ${page.path}` : texts.no_page);
}

function showStep(number, isDone, note = "") {
  const step = byId(`step-${number}`);
  step.classList.toggle("done", isDone);
  write(step.lastElementChild, isDone ? texts.done : note);
}

/** How far this visitor is on the way to the chat that the page's first sentences promise. */
function showSteps(state) {
  const visits = state?.counters.find((counter) => counter.name === CART_VISITS)?.value ?? 0;
  const hasFired = state?.rules.some((rule) => rule.rule === MAIN_RULE && ["fired", "limited"].includes(rule.state));
  const armedAt = state?.page?.kind === "cart" ? state.armed?.page_dwell?.[0] : undefined;
  showStep(1, Boolean(state));
  showStep(2, visits >= 3 || Boolean(hasFired), state ? say("cart_visits", { count: visits }) : "");
  showStep(3, Boolean(hasFired), armedAt ? say("stay", { seconds: Math.floor(armedAt / 1000) }) : "");
}

/** Show a state, or in place of it a sentence about why there is none. */
function show(state, sentence) {
  byId("live").dataset.state = state ? "live" : "waiting";
  write(byId("live"), state ? texts.live : "");
  byId("panels").hidden = !state;
  byId("message").hidden = Boolean(state);
  write(byId("message"), sentence ?? "");
  showSteps(state);
  if (!state) return;
  showWho(state);
  showRules(state.rules);
  showCounters(state.counters);
  showArmed(state.armed);
}

/** Browsers may refuse storage altogether; then nobody is known here. */
function token() {
  try {
    return localStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

async function ask() {
  const bearer = token();
  if (!bearer) return show(null, texts.nobody);
  const headers = { Authorization: `Bearer ${bearer}`, "Accept-Language": document.documentElement.lang };
  const answer = await fetch("/demo/state", { headers, cache: "no-store", signal: AbortSignal.timeout(5000) });
  if (answer.status === 401 || answer.status === 404) return show(null, texts.nobody);
  if (!answer.ok) throw new Error(`the engine answered ${answer.status}`);
  show(await answer.json());
}

let isAsking = false;
let next = 0;

/** Ask now, and again a second after the answer; one question at a time, none while nobody looks. */
async function watch() {
  clearTimeout(next);
  if (isAsking || document.hidden) return;
  isAsking = true;
  try {
    await ask();
  } catch {
    show(null, texts.unreachable);
  }
  isAsking = false;
  next = setTimeout(watch, EVERY_MS);
}

function toggleShop() {
  const frame = byId("frame");
  const button = byId("beside");
  const isOpening = frame.hidden;
  if (isOpening) {
    const shop = document.createElement("iframe");
    shop.src = frame.dataset.src;
    shop.title = frame.dataset.title;
    frame.append(shop);
  } else {
    frame.replaceChildren();
  }
  frame.hidden = !isOpening;
  byId("page").classList.toggle("two", isOpening);
  button.setAttribute("aria-expanded", String(isOpening));
  button.textContent = isOpening ? button.dataset.close : button.dataset.open;
  if (isOpening) frame.firstElementChild.focus();
}

byId("beside").addEventListener("click", toggleShop);
document.addEventListener("visibilitychange", watch);
addEventListener("storage", watch);
write(byId("message"), texts.looking);
byId("message").hidden = false;
watch();
