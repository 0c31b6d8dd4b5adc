// Applies the reader's choice of colours before anything is painted, and tells the style
// sheet that scripts run. All else is in site.js, which does not hold up the page.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is closed to us: the system's choice holds.
  }
}
