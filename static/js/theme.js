/*
 * Runs before the first paint: chosen colours and folded navigation are put on <html>, so that
 * nothing flashes. Blocking and tiny on purpose; everything else is in shell.js.
 */
"use strict";
(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (error) {
      return null; // storage is switched off: the defaults hold
    }
  }

  function apply() {
    const wish = stored("theme");
    const theme = wish === "light" || wish === "dark" ? wish : "auto";
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }

  root.classList.add("js");
  apply();
  root.dataset.nav = stored("erp.nav") === "closed" ? "closed" : "open";
  root.dataset.filters = stored("erp.filters") === "open" ? "open" : "closed";
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.erpTheme = { apply: apply };
})();
