/*
 * What was typed is kept in this browser until it is saved: after a crash, a lost session or a
 * network that went away it is offered back. Kept per person and document, never sent anywhere.
 */
"use strict";
(function () {
  const PREFIX = "erp.draft.";
  const WAIT = 700;
  const words = (document.getElementById("grid-words") || { dataset: {} }).dataset;
  const form = document.querySelector("form[data-draft]");

  function store() {
    try {
      return window.localStorage;
    } catch (error) {
      return null; // storage is switched off: nothing is kept, everything else works
    }
  }

  function forget(key) {
    const kept = store();
    if (kept) {
      kept.removeItem(PREFIX + key);
    }
  }

  // The server says in the address what it has saved; then nothing has to be kept any more.
  const address = new URL(window.location.href);
  const saved = address.searchParams.get("saved");
  if (saved && /^requisition-\d+-(new|\d+)$/.test(saved)) {
    forget(saved);
    address.searchParams.delete("saved");
    window.history.replaceState(null, "", address.pathname + address.search + address.hash);
  }
  if (!form || !store() || !window.erpGrid) {
    return;
  }
  const key = form.dataset.draft;

  function headers() {
    return Array.from(form.elements).filter(function (field) {
      return (
        field.name &&
        !("notKept" in field.dataset) &&
        !field.closest("[data-line]") &&
        /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) &&
        !/^(file|submit|button)$/.test(field.type) &&
        !/^(csrfmiddlewaretoken|current_version)$/.test(field.name)
      );
    });
  }

  function typed() {
    const found = {};
    headers().forEach(function (field) {
      found[field.name] = field.type === "checkbox" ? field.checked : field.value;
    });
    return { fields: found, lines: window.erpGrid.values() };
  }

  function same(one, other) {
    return JSON.stringify(one) === JSON.stringify(other);
  }

  function time(moment) {
    return new Date(moment).toLocaleString(document.documentElement.lang || undefined);
  }

  const atFirst = typed();
  let timer = 0;

  function keep() {
    const now = typed();
    const state = document.querySelector("[data-draft-state]");
    if (same(now, atFirst)) {
      return;
    }
    try {
      const moment = Date.now();
      const kept = { at: moment, version: form.dataset.baseVersion, typed: now };
      store().setItem(PREFIX + key, JSON.stringify(kept));
      state.textContent = words.keptNow.replace("%s", new Date(moment).toLocaleTimeString());
    } catch (error) {
      state.textContent = ""; // the browser's store is full: the page itself still has it all
    }
  }

  function offer() {
    let kept = null;
    try {
      kept = JSON.parse(store().getItem(PREFIX + key) || "null");
    } catch (error) {
      forget(key);
    }
    if (!kept || !kept.typed || same(kept.typed, atFirst)) {
      return;
    }
    const note = document.querySelector("[data-kept-draft]");
    note.querySelector("[data-kept-text]").textContent = words.kept.replace("%s", time(kept.at));
    note.querySelector("[data-kept-restore]").addEventListener("click", function () {
      headers().forEach(function (field) {
        if (field.name in kept.typed.fields) {
          if (field.type === "checkbox") {
            field.checked = kept.typed.fields[field.name];
          } else {
            field.value = kept.typed.fields[field.name];
          }
        }
      });
      window.erpGrid.replace(kept.typed.lines);
      note.hidden = true;
    });
    note.querySelector("[data-kept-drop]").addEventListener("click", function () {
      forget(key);
      note.hidden = true;
    });
    note.hidden = false;
  }

  offer();
  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, WAIT);
  });
  form.addEventListener("submit", keep);
  window.addEventListener("pagehide", keep);
})();
