// Applies the reader's choice of colours before anything is painted. All else is in site.js,
// which does not hold up the page.
"use strict";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system's choice holds.
}
