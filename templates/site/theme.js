// Applies what the reader chose, colours and tabs, before anything is painted. All else is in
// site.js, which does not hold up the page.
"use strict";
{
  const page = document.documentElement;

  /** What is stored under a name; nothing where storage is closed to us. */
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };

  const theme = stored("theme");
  if (theme === "light" || theme === "dark") page.dataset.theme = theme;

  // Until site.js has put its parts into the page, the style sheet keeps their places free and
  // shows one tab of each set: nothing jumps. Where site.js fails, everything is shown.
  page.classList.add("starting");
  addEventListener("error", () => page.classList.remove("starting"), true);

  // Of each set the tab that was chosen last, or the one that the address leads to.
  const show = (tab) => `.starting .tabs:has(> .tab${tab}) > .tab { display: none; } .starting .tabs > .tab.tab${tab} { display: block; }`;
  try {
    const names = JSON.parse(stored("tabs")) ?? [];
    const rules = names.reverse().map((name) => show(`[data-tab="${CSS.escape(name)}"]`));
    // Not `:target`, which matches when the page is read to its end.
    if (location.hash) rules.push(show(`#${CSS.escape(decodeURIComponent(location.hash.slice(1)))}`));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@media screen { ${rules.join(" ")} }`);
    document.adoptedStyleSheets = [sheet];
  } catch {
    // The first tab of each set is shown until site.js knows better.
  }
}
