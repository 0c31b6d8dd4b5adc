// What the pages do beyond reading: copy code, switch colours, search. Everything here is
// an addition; without script the pages stay complete. Text from the index becomes text
// nodes, never markup.
"use strict";

const root = document.body.dataset.root;

/** Makes an element with properties and children. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Makes an icon of lines from an SVG path. */
function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  const attributes = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// Copy buttons: for code, and for the page as Markdown.

const spoken = element("p", { role: "status", className: "spoken" });

/** The code as it can be run: of a session, the commands without prompts and output. */
function codeToCopy(figure) {
  const code = figure.querySelector("code").cloneNode(true);
  const isSession = code.querySelector(".hp") !== null;
  code.querySelectorAll(".hp, .ho").forEach((part) => part.remove());
  // A newline at the end would run the last command before anybody has read it.
  return isSession ? code.textContent.trimEnd() : code.textContent;
}

/** Makes a button that says how it went; `copy` promises to have copied. */
function copyButton(label, properties, copy) {
  const button = element("button", { type: "button", ...properties }, label);
  button.addEventListener("click", async () => {
    let answer = "Copied";
    try {
      await copy();
    } catch {
      answer = "Not copied";
    }
    button.textContent = spoken.textContent = answer;
    setTimeout(() => { button.textContent = label; spoken.textContent = ""; }, 2000);
  });
  return button;
}

function addCopyButton(figure) {
  const isDont = figure.classList.contains("dont");
  const label = isDont ? "Copy anyway" : "Copy";
  const warning = isDont ? { "aria-label": "Copy anyway: this code shows what not to do", title: "This code shows what not to do" } : {};
  const copy = () => navigator.clipboard.writeText(codeToCopy(figure));
  figure.append(copyButton(label, { className: "copy", ...warning }, copy));
}

/** Copies the page as Markdown. Safari wants the promise of a text within the click. */
function copyPage(address) {
  const text = fetch(address).then((response) => {
    if (!response.ok) throw new Error(response.statusText);
    return response.text();
  });
  const blob = text.then((text) => new Blob([text], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

if (navigator.clipboard) {
  document.body.append(spoken);
  document.querySelectorAll("figure.code").forEach(addCopyButton);
  const markdown = document.querySelector(".page-tools a");
  markdown?.before(copyButton("Copy page", { title: "Copy the page as Markdown" }, () => copyPage(markdown.href)));
}

// Only what scrolls needs to take the focus.

const scrollers = document.querySelectorAll("pre[tabindex], .table, figure.wide");

function updateScrollers() {
  for (const scroller of scrollers) {
    if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
    else scroller.removeAttribute("tabindex");
  }
}

updateScrollers();
addEventListener("resize", updateScrollers);

// Colours: the choice is forgotten again when it equals the system's.

const themeButton = document.getElementById("pb-theme");
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const moon = "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z";
const sun = "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4";

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : systemIsDark.matches;
}

function showTheme() {
  const label = isDark() ? "Switch to light colours" : "Switch to dark colours";
  themeButton.setAttribute("aria-label", label);
  themeButton.title = label;
  themeButton.replaceChildren(icon(isDark() ? sun : moon));
}

themeButton.addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  const isSystems = (theme === "dark") === systemIsDark.matches;
  if (isSystems) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (isSystems) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage is closed to us: the choice holds for this page.
  }
  showTheme();
});
systemIsDark.addEventListener("change", showTheme);
showTheme();
themeButton.hidden = false;

// Chapters and "On this page": lists beside the text on wide screens, folded on small ones.

const menu = document.querySelector(".menu");
const toc = document.querySelector(".toc");

function unfold(details, query) {
  if (!details) return;
  const wide = matchMedia(query);
  const update = () => { details.open = wide.matches; };
  wide.addEventListener("change", update);
  update();
}

unfold(menu, "(min-width: 64rem)");
unfold(toc, "(min-width: 80rem)");

const current = menu?.querySelector("[aria-current]");
if (current && menu.scrollHeight > menu.clientHeight) {
  menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
}
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || matchMedia("(min-width: 64rem)").matches) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The section that is being read, in "On this page".

const sections = [...(toc?.querySelectorAll("a") ?? [])].map((link) => ({
  link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))),
}));

function showSection() {
  const read = sections.findLast(({ heading }) => heading?.getBoundingClientRect().top < 120);
  for (const section of sections) {
    if (section === read) section.link.setAttribute("aria-current", "location");
    else section.link.removeAttribute("aria-current");
  }
}

let isWaiting = false;
addEventListener("scroll", () => {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => { isWaiting = false; showSection(); });
}, { passive: true });

// Search

const MOST_PAGES = 8;
const MOST_SECTIONS = 4;
// They hold the titles of other pages: a hit there is seldom what is looked for.
const LAST_SECTIONS = ["Sources", "Read next"];
const search = document.getElementById("pb-search");
const input = element("input", {
  type: "search", placeholder: "Search", autocomplete: "off", spellcheck: false, role: "combobox",
  "aria-label": "Search", "aria-expanded": "false", "aria-controls": "pb-results", "aria-autocomplete": "list", "aria-keyshortcuts": "/",
});
const list = element("div", { id: "pb-results", role: "listbox", "aria-label": "Results" });
const status = element("p", { className: "status", role: "status" });
const panel = element("div", { className: "results", hidden: true }, list, status);
search.append(input, panel);
search.hidden = false;
let index = null;
let selected = -1;

/** Loads the index once; pages keep their text in lower case beside the original. */
function loadIndex() {
  index ??= fetch(root + document.body.dataset.searchIndex)
    .then((response) => {
      if (!response.ok) throw new Error(response.statusText);
      return response.json();
    })
    .then((pages) => pages.map((page) => ({
      ...page,
      lower: page.title.toLowerCase(),
      sections: page.sections.map(([id, title, text]) => ({
        id, title, text, lowerTitle: title.toLowerCase(), lowerText: text.toLowerCase(),
      })),
    })));
  index.catch(() => { index = null; });
  return index;
}

/** Where a word begins with a term, or -1. `invalid_grant` is one word. */
function find(text, term) {
  let at = text.indexOf(term);
  while (at > 0 && /[\p{L}\p{N}_]/u.test(text[at - 1]) && /^[\p{L}\p{N}_]/u.test(term)) {
    at = text.indexOf(term, at + 1);
  }
  return at;
}

/**
 * How well a section answers the terms; 0 if it lacks more of them than it may. The page's
 * title counts for each of its sections, but alone it only finds the first one.
 */
function score(page, section, terms, mayLack) {
  let total = 0;
  let lacking = 0;
  let isOwn = section === page.sections[0];
  for (const term of terms) {
    let points = 0;
    if (find(section.lowerTitle, term) >= 0) points += section.lowerTitle === term ? 16 : 8;
    if (find(section.lowerText, term) >= 0) points += 1;
    isOwn ||= points > 0;
    if (find(page.lower, term) >= 0) points += page.lower === term ? 40 : 20;
    if (points === 0 && ++lacking > mayLack) return 0;
    total += points;
  }
  if (!isOwn) return 0;
  return LAST_SECTIONS.includes(section.title) ? total / 1000 : total;
}

/**
 * The best pages, each with its best sections. If none has all the terms, those that lack
 * fewest: a pasted error has names and numbers of its own.
 */
function findPages(pages, terms) {
  for (let mayLack = 0; mayLack < terms.length; mayLack++) {
    const found = findPagesThatLack(pages, terms, mayLack);
    if (found.length > 0) return found;
  }
  return [];
}

function findPagesThatLack(pages, terms, mayLack) {
  const found = [];
  for (const page of pages) {
    const sections = page.sections
      .map((section) => ({ section, points: score(page, section, terms, mayLack) }))
      .filter(({ points }) => points > 0)
      .sort((a, b) => b.points - a.points);
    if (sections.length > 0) found.push({ page, sections, points: sections[0].points });
  }
  return found.sort((a, b) => b.points - a.points);
}

/** Text as nodes, with the terms marked. */
function marked(text, terms) {
  const lower = text.toLowerCase();
  const nodes = [];
  let start = 0;
  while (start < text.length) {
    let at = -1;
    let length = 0;
    for (const term of terms) {
      const hit = find(lower.slice(start), term);
      if (hit >= 0 && (at < 0 || hit < at)) [at, length] = [hit, term.length];
    }
    if (at < 0) break;
    nodes.push(text.slice(start, start + at), element("mark", {}, text.slice(start + at, start + at + length)));
    start += at + length;
  }
  return [...nodes, text.slice(start)];
}

/** The part of a text around the first term. */
function excerpt(section, terms) {
  const hits = terms.map((term) => find(section.lowerText, term)).filter((at) => at >= 0);
  const first = hits.length > 0 ? Math.min(...hits) : 0;
  const start = first < 50 ? 0 : section.text.indexOf(" ", first - 40) + 1;
  const space = section.text.indexOf(" ", start + 120);
  const end = space < 0 || space > start + 160 ? start + 140 : space;
  return (start > 0 ? "… " : "") + section.text.slice(start, end) + (end < section.text.length ? " …" : "");
}

function option({ page, section, terms, number }) {
  const link = element("a", {
    id: `pb-result-${number}`, role: "option", tabIndex: -1, "aria-selected": "false",
    href: root + page.url + (section.id ? `#${section.id}` : ""),
  });
  link.append(element("strong", {}, ...marked(section.title || page.title, terms)));
  link.append(element("span", {}, ...marked(excerpt(section, terms), terms)));
  return link;
}

function show(found, terms) {
  let number = 0;
  const groups = found.slice(0, MOST_PAGES).map(({ page, sections }) => {
    const group = element("div", { role: "group", "aria-label": page.title });
    group.append(element("div", { className: "page", "aria-hidden": "true" }, page.title));
    for (const { section } of sections.slice(0, MOST_SECTIONS)) {
      group.append(option({ page, section, terms, number: number++ }));
    }
    return group;
  });
  list.replaceChildren(...groups);
  const pages = found.length === 1 ? "1 page" : `${found.length} pages`;
  status.textContent = found.length === 0 ? "Nothing found. Try fewer or shorter words." : `${pages} found`;
  open(true);
}

function open(isOpen) {
  panel.hidden = !isOpen;
  input.setAttribute("aria-expanded", String(isOpen && list.childElementCount > 0));
  select(-1);
}

function select(number) {
  const options = list.querySelectorAll("[role=option]");
  options[selected]?.setAttribute("aria-selected", "false");
  selected = options.length === 0 ? -1 : Math.max(-1, Math.min(number, options.length - 1));
  const chosen = options[selected];
  if (!chosen) return input.removeAttribute("aria-activedescendant");
  chosen.setAttribute("aria-selected", "true");
  chosen.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", chosen.id);
}

async function update() {
  const query = input.value;
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (terms.length === 0) {
    list.replaceChildren();
    return open(false);
  }
  try {
    const pages = await loadIndex();
    if (query === input.value) show(findPages(pages, terms), terms);
  } catch {
    list.replaceChildren();
    status.textContent = location.protocol === "file:"
      ? "Browsers allow no search in files: open the site through a web server."
      : "The search index could not be loaded.";
    open(true);
  }
}

input.addEventListener("focus", () => { loadIndex().catch(() => {}); });
input.addEventListener("input", update);
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") select(selected + 1);
  else if (event.key === "ArrowUp") select(selected - 1);
  else if (event.key === "Enter") (list.querySelectorAll("[role=option]")[Math.max(selected, 0)])?.click();
  else if (event.key === "Escape" && !panel.hidden) open(false);
  else return;
  event.preventDefault();
});
list.addEventListener("click", () => open(false));
search.addEventListener("focusout", (event) => {
  if (!search.contains(event.relatedTarget)) open(false);
});
panel.addEventListener("pointerdown", (event) => event.preventDefault());
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
  event.preventDefault();
  input.focus();
});
