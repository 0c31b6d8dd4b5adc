// What the pages do beyond reading: copy code, show tabs, switch colours, search. Everything here is
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

// Tabs: one of several examples. What somebody chooses holds for every set of tabs, on every
// page, that has a tab of the same name. What a link, a search or a print opens is no choice.

const tabSets = [...document.querySelectorAll(".tabs")].filter(isComplete).map(makeTabs);

/** Whether each of its tabs has a name and an address; another set stays as it is. */
function isComplete(set) {
  return [...set.querySelectorAll(":scope > .tab")].every((panel) => panel.id && panel.querySelector("strong"));
}

function makeTabs(set) {
  const panels = [...set.querySelectorAll(":scope > .tab")];
  const tabs = panels.map((panel) => {
    const name = panel.querySelector("strong").cloneNode(true).childNodes;
    const tab = element("a", { role: "tab", id: `${panel.id}.tab`, href: `#${panel.id}`, "aria-controls": panel.id }, ...name);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    // Searching in the page finds what is in the others, too.
    panel.addEventListener("beforematch", () => openTab(tab.textContent));
    return tab;
  });
  const list = element("div", { role: "tablist", className: "tablist", "aria-label": "Versions of this example" }, ...tabs);
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("a");
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    chooseTab(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1, " ": at }[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const tab = tabs.at(next % tabs.length);
    tab.focus();
    chooseTab(tab);
  });
  set.prepend(list);
  return { tabs, panels };
}

function showTab({ tabs, panels }, shown) {
  tabs.forEach((tab, number) => {
    tab.setAttribute("aria-selected", String(number === shown));
    tab.tabIndex = number === shown ? 0 : -1;
    if (number === shown) panels[number].removeAttribute("hidden");
    else panels[number].setAttribute("hidden", "until-found");
  });
}

/** Shows a tab in each set that has it. */
function openTab(name) {
  for (const set of tabSets) {
    const number = set.tabs.findIndex((tab) => tab.textContent === name);
    if (number >= 0) showTab(set, number);
  }
  updateScrollers();
}

/** The names that somebody chose, the last one first. */
function chosenTabs() {
  try {
    const names = JSON.parse(localStorage.getItem("tabs"));
    return Array.isArray(names) ? names : [];
  } catch {
    return [];
  }
}

function chooseTab(tab) {
  const { top } = tab.getBoundingClientRect();
  openTab(tab.textContent);
  // Sets above may have become longer or shorter; the tab stays below the pointer.
  scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: "instant" });
  // Marked: whoever comes back here wants what was chosen last, and to be where they were.
  history.replaceState({ isChosenTab: true }, "", tab.hash);
  const others = chosenTabs().filter((name) => name !== tab.textContent);
  try {
    localStorage.setItem("tabs", JSON.stringify([tab.textContent, ...others].slice(0, 20)));
  } catch {
    // Storage is closed to us: the choice holds for this page.
  }
}

function showChosenTabs() {
  const chosen = chosenTabs();
  for (const set of tabSets) {
    const names = set.tabs.map((tab) => tab.textContent);
    const name = chosen.find((name) => names.includes(name));
    showTab(set, Math.max(0, names.indexOf(name)));
  }
  updateScrollers();
}

/** Opens the tab that the address leads into. */
function openLinkedTab() {
  let id = location.hash.slice(1);
  try {
    id = decodeURIComponent(id);
  } catch {
    // It is no code of ours: then it leads nowhere.
  }
  const target = document.getElementById(id);
  const tab = document.getElementById(`${target?.closest(".tab")?.id}.tab`);
  if (!tab) return;
  openTab(tab.textContent);
  target.scrollIntoView({ behavior: "instant" });
}

showChosenTabs();
if (!history.state?.isChosenTab) openLinkedTab();
addEventListener("hashchange", openLinkedTab);
// The page as it was when it was left: somebody may have chosen elsewhere since.
addEventListener("pageshow", (event) => { if (event.persisted) showChosenTabs(); });

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
const LAST_SECTIONS = ["All patterns", "Sources", "Read next"];
// With fewer pages than these, those with some of the words are worth a look too.
const FEW_PAGES = 3;
const search = document.getElementById("pb-search");
const input = element("input", {
  id: "pb-query", type: "search", placeholder: "Search", autocomplete: "off", spellcheck: false, role: "combobox",
  "aria-label": "Search", "aria-expanded": "false", "aria-controls": "pb-results", "aria-autocomplete": "list", "aria-keyshortcuts": "/",
});
const list = element("div", { id: "pb-results", role: "listbox", "aria-label": "Results" });
const status = element("p", { className: "status", role: "status" });
const panel = element("div", { className: "results", hidden: true }, list, status);
search.append(input, panel);
search.hidden = false;
// Words of a page that lead to the search; without script there is none.
document.querySelectorAll("a[data-search]").forEach((link) => { link.href = `#${input.id}`; });
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
      // Whoever knows a page by its address types the words of it.
      name: page.url.split("/").pop().replace(/\.html$/, "").replaceAll("-", " "),
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

/** What to look for: words without the quotes and stops around them, and all of it as it was typed. */
function parse(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const terms = words.map((word) => word.replace(/^["'“‘`(]+(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])["'”’`),.:;!?]+$/gu, ""));
  return { terms, phrase: words.join(" ") };
}

/**
 * How well a section answers all the terms; 0 if it lacks one. The page's title counts for
 * each of its sections, but alone it only finds the first one. Whoever looks for an error has
 * its text: the same words in the same order count most.
 */
function score(page, section, { terms, phrase }) {
  let total = terms.length > 1 ? scorePhrase(page, section, phrase) * terms.length : 0;
  let isOwn = section === page.sections[0];
  for (const term of terms) {
    let points = 0;
    if (find(section.lowerTitle, term) >= 0) points += section.lowerTitle === term ? 16 : 8;
    if (find(section.lowerText, term) >= 0) points += 1;
    isOwn ||= points > 0;
    if (find(page.lower, term) >= 0 || find(page.name, term) >= 0) points += page.lower === term ? 40 : 20;
    if (points === 0) return 0;
    total += points;
  }
  if (!isOwn) return 0;
  return LAST_SECTIONS.includes(section.title) ? total / 1000 : total;
}

function scorePhrase(page, section, phrase) {
  if (section === page.sections[0]) {
    if (page.name === phrase) return 60;
    if (find(page.lower, phrase) >= 0) return 35;
  }
  if (section.lowerTitle.startsWith(phrase)) return 50;
  if (find(section.lowerTitle, phrase) >= 0) return 30;
  return find(section.lowerText, phrase) >= 0 ? 15 : 0;
}

/** The pages with sections of some points, and each one's such sections; the best come first. */
function rank(pages, points) {
  const found = [];
  for (const page of pages) {
    const sections = page.sections
      .map((section) => ({ section, points: points(page, section) }))
      .filter(({ points }) => points > 0)
      .sort((a, b) => b.points - a.points);
    if (sections.length > 0) found.push({ page, sections, points: sections[0].points });
  }
  return found.sort((a, b) => b.points - a.points);
}

/** The pages with all the terms. */
function findAll(pages, query) {
  return rank(pages, (page, section) => score(page, section, query));
}

/**
 * The pages with some of the terms: an error often names what only its reader has. A term
 * counts the more, the fewer pages have it.
 */
function findSome(pages, { terms }) {
  const weights = terms.map((term) => Math.log(pages.length / (1 + findAll(pages, { terms: [term] }).length)));
  const found = rank(pages, (page, section) => terms.reduce((total, term, number) => {
    const times = find(section.lowerTitle, term) >= 0 ? 3 : find(section.lowerText, term) >= 0 ? 1 : 0;
    return total + Math.max(weights[number], 0) * times;
  }, 0));
  return found.filter(({ points }) => points > found[0].points / 2);
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

/** Shows pages with all the words, and behind them pages with some. */
function show(all, some, terms) {
  const found = [...all, ...some];
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
  const pages = (list) => (list.length === 1 ? "1 page" : `${list.length} pages`);
  if (found.length === 0) status.textContent = "Nothing found. Try fewer or shorter words.";
  else if (all.length === 0) status.textContent = `No page has all of these words; ${pages(some)} found with some`;
  else status.textContent = `${pages(all)} found${some.length > 0 ? `, and ${pages(some)} with some of the words` : ""}`;
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
  const words = parse(query);
  if (words.terms.length === 0) {
    list.replaceChildren();
    return open(false);
  }
  try {
    const pages = await loadIndex();
    if (query !== input.value) return;
    const all = findAll(pages, words);
    const isEnough = all.length >= FEW_PAGES || words.terms.length === 1;
    const others = isEnough ? [] : findSome(pages, words);
    show(all, others.filter(({ page }) => !all.some((one) => one.page === page)), words.terms);
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

// Everything is in its place.
document.documentElement.classList.remove("starting");
