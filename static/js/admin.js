/*
 * Small helps over the stock admin: a guard for unsaved typing, also before a move of the document,
 * and a foldable side navigation that remembers itself.
 */
"use strict";
(function () {
  const words = window.erp.words;
  // An action works on what is stored: typing that was not saved would be lost without a word.
  function askBeforeMove(event) {
    const button = event.target.closest(".change-form .actions button");
    if (!button || button.dataset.asked || !window.erp.dirty()) {
      return;
    }
    event.preventDefault();
    window.erp
      .ask({ title: words.unsavedTitle, text: words.unsaved, danger: true })
      .then(function (answer) {
        if (answer) {
          button.dataset.asked = "yes";
          button.click();
        }
      });
  }

  /* ---------------------------------------------------------------- names of fields in tables */
  function headerOf(cell) {
    const table = cell.closest("table");
    const header = table && table.tHead && table.tHead.rows[0].cells[cell.cellIndex];
    return header ? header.textContent.trim() : "";
  }

  function nameOf(control) {
    const cell = control.closest("td");
    const group = control.closest("fieldset, .form-row");
    const legend = group && group.querySelector("legend, label");
    const title = cell ? headerOf(cell) : "";
    return title || (legend ? legend.textContent.trim().replace(/[:：*]+$/, "") : "");
  }

  function name(node, text) {
    if (text && !node.getAttribute("aria-label")) {
      node.setAttribute("aria-label", text);
    }
  }

  // The list of a choice box opens at the end of the page, without a word of what it belongs to.
  function nameOpenList() {
    const list = document.querySelector("body > .select2-container--open");
    const box = document.querySelector("[role=combobox][aria-expanded=true]");
    if (!list || !box) {
      return;
    }
    const results = list.querySelector("[role=listbox]");
    const search = list.querySelector(".select2-search__field");
    const text = box.getAttribute("aria-label") || words.choices;
    list.setAttribute("role", "region");
    name(list, text);
    if (results) {
      box.setAttribute("aria-controls", results.id);
      name(results, text);
    }
    if (search) {
      name(search, text);
    }
  }

  function added(change) {
    return Array.from(change.addedNodes).some(function (node) {
      return node.nodeType === 1 && (node.matches(".select2-container, tr") || node.querySelector("input, select"));
    });
  }

  // The admin's tables name their columns, not their fields; a screen reader needs the latter.
  function nameFields(root) {
    root.querySelectorAll("input:not([type=hidden]), select, textarea").forEach(function (control) {
      if (control.type !== "submit" && control.type !== "button" && !control.labels.length) {
        name(control, nameOf(control));
      }
    });
    root.querySelectorAll("select + .select2-container").forEach(function (box) {
      const select = box.previousElementSibling;
      const label = select.labels[0];
      const text = label ? label.textContent.trim() : select.getAttribute("aria-label");
      box.querySelectorAll("[role=combobox], [role=textbox]").forEach(function (part) {
        name(part, text || nameOf(select));
      });
    });
    root.querySelectorAll(".help-tooltip[aria-label]:not([role])").forEach(function (mark) {
      mark.setAttribute("role", "img");
    });
    root.querySelectorAll("thead th").forEach(function (header) {
      if (!header.textContent.trim() && !header.querySelector("input, a, img")) {
        const hidden = document.createElement("span");
        hidden.className = "visually-hidden";
        hidden.textContent = header.classList.contains("original") ? words.record : words.actions;
        header.append(hidden);
      }
    });
  }

  // The list's rows scroll under their header; pages and counts stay in sight below them.
  function fitRows() {
    const rows = document.querySelector("#changelist-form .results");
    const footer = document.querySelector("#changelist .changelist-footer");
    if (!rows || !footer || window.innerWidth < 768 || window.innerHeight < 640) {
      return;
    }
    const top = rows.getBoundingClientRect().top + window.scrollY;
    const room = window.innerHeight - top - footer.offsetHeight - 34;
    rows.style.maxHeight = Math.max(352, Math.floor(room)) + "px";
  }

  function start() {
    const form = document.querySelector("body.change-form:not(.popup) #content-main > form");
    if (form) {
      form.dataset.guard = "";
      // after the admin's own scripts have filled their widgets
      window.setTimeout(function () {
        window.erp.guard(form);
      }, 300);
    }
    document.addEventListener("click", askBeforeMove);
    fitRows();
    window.addEventListener("resize", fitRows);
    nameFields(document);
    document.querySelectorAll("#searchbar").forEach(function (field) {
      name(field, words.shortcutSearch);
    });
    // rows and choice boxes the admin's own scripts add or rebuild later
    new MutationObserver(function (changes) {
      if (changes.some(added)) {
        nameFields(document);
        nameOpenList();
      }
    }).observe(document.body, { childList: true, subtree: true });
  }

  // Folded groups stay as they were left.
  function rememberGroups() {
    const key = "erp.nav.groups";
    let kept = {};
    try {
      kept = JSON.parse(window.localStorage.getItem(key) || "{}");
    } catch (error) {
      // storage is switched off: groups open as the page says
    }
    document.querySelectorAll("details[data-nav-group]").forEach(function (group) {
      const name = group.dataset.navGroup;
      if (name in kept && !group.querySelector("[aria-current]")) {
        group.open = kept[name];
      }
      group.addEventListener("toggle", function () {
        kept[name] = group.open;
        try {
          window.localStorage.setItem(key, JSON.stringify(kept));
        } catch (error) {
          // storage is switched off
        }
      });
    });
  }

  rememberGroups();
  if (document.readyState === "complete") {
    start();
  } else {
    window.addEventListener("load", start);
  }
})();
