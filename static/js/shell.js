/*
 * What every page can do, in the admin and in the workspace: theme and navigation switches, menus,
 * questions before what cannot be undone, toasts, a guard for unsaved typing, keyboard shortcuts,
 * and a notice while the network is away. Words come from the data- attributes of #erp-words.
 */
"use strict";
(function () {
  const root = document.documentElement;
  const words = (document.getElementById("erp-words") || { dataset: {} }).dataset;

  function remember(key, value) {
    try {
      window.localStorage.setItem(key, value);
    } catch (error) {
      // storage is switched off: the choice lasts for this page
    }
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) {
      made.className = className;
    }
    if (text) {
      made.textContent = text;
    }
    return made;
  }

  /* ---------------------------------------------------------------- theme and navigation */
  const themes = ["auto", "light", "dark"];

  function nextTheme() {
    const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    remember("theme", next);
    root.dataset.theme = next;
    window.erpTheme.apply();
    document.dispatchEvent(new CustomEvent("erp:theme"));
  }

  const wide = window.matchMedia("(min-width: 1024px)");
  const wideFilters = window.matchMedia("(min-width: 1200px)");

  function showExpanded() {
    const navOpen = wide.matches ? root.dataset.nav === "open" : root.dataset.drawer === "open";
    document.querySelectorAll("[data-nav-toggle]").forEach(function (button) {
      button.setAttribute("aria-expanded", String(navOpen));
    });
    const filtersOpen = wideFilters.matches
      ? root.dataset.filters === "open"
      : root.dataset.drawer === "filters";
    document.querySelectorAll("[data-filter-toggle]").forEach(function (button) {
      button.setAttribute("aria-expanded", String(filtersOpen));
    });
  }

  function setDrawer(name) {
    if (name) {
      root.dataset.drawer = name;
    } else {
      delete root.dataset.drawer;
    }
    showExpanded();
  }

  function toggleNav() {
    if (wide.matches) {
      root.dataset.nav = root.dataset.nav === "open" ? "closed" : "open";
      remember("erp.nav", root.dataset.nav);
      showExpanded();
    } else {
      setDrawer(root.dataset.drawer === "open" ? "" : "open");
      const first = document.querySelector(".shell-nav a, .shell-nav input");
      if (root.dataset.drawer === "open" && first) {
        first.focus();
      }
    }
  }

  function toggleFilters() {
    if (wideFilters.matches) {
      root.dataset.filters = root.dataset.filters === "open" ? "closed" : "open";
      remember("erp.filters", root.dataset.filters);
      showExpanded();
    } else {
      setDrawer(root.dataset.drawer === "filters" ? "" : "filters");
    }
  }

  function filterNav(input) {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    document.querySelectorAll(".shell-nav [data-nav-group]").forEach(function (group) {
      let inGroup = 0;
      group.querySelectorAll("li").forEach(function (item) {
        const match = item.textContent.toLowerCase().includes(wanted);
        item.hidden = !match;
        inGroup += match ? 1 : 0;
      });
      group.hidden = inGroup === 0;
      if (wanted && inGroup) {
        group.open = true;
      }
      shown += inGroup;
    });
    const empty = document.querySelector(".nav-empty");
    if (empty) {
      empty.hidden = shown > 0;
    }
  }

  /* ---------------------------------------------------------------- questions */
  function ask(options) {
    const text = options.text || words.confirm || "";
    if (typeof window.HTMLDialogElement !== "function") {
      return Promise.resolve(window.confirm([options.title, text].filter(Boolean).join("\n\n")));
    }
    return new Promise(function (resolve) {
      const dialog = element("dialog", "erp-dialog");
      const title = element("h2", "", options.title || words.confirmTitle);
      const body = element("div", "dialog-text", text);
      const buttons = element("div", "dialog-buttons");
      const no = element("button", "erp-button", options.no || words.cancel);
      const yes = element(
        "button",
        "erp-button " + (options.danger ? "is-danger" : "is-primary"),
        options.yes || words.proceed,
      );
      title.id = "erp-dialog-title";
      body.id = "erp-dialog-text";
      dialog.setAttribute("aria-labelledby", title.id);
      dialog.setAttribute("aria-describedby", body.id);
      no.type = yes.type = "button";
      no.addEventListener("click", function () {
        dialog.close("");
      });
      yes.addEventListener("click", function () {
        dialog.close("yes");
      });
      dialog.addEventListener("close", function () {
        const answer = dialog.returnValue === "yes";
        dialog.remove();
        resolve(answer);
      });
      buttons.append(no, yes);
      dialog.append(title, body, buttons);
      document.body.append(dialog);
      dialog.showModal();
      (options.danger ? no : yes).focus();
    });
  }

  function questionOf(node) {
    return {
      title: node.dataset.confirmTitle || "",
      text: node.dataset.confirm,
      yes: node.dataset.confirmYes || "",
      danger: "confirmDanger" in node.dataset,
    };
  }

  // A button or link with data-confirm is asked about once; the answer lets the click through.
  function onConfirmClick(event) {
    const node = event.target.closest("a[data-confirm], button[data-confirm], input[data-confirm]");
    if (!node || node.dataset.confirmed) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(questionOf(node)).then(function (answer) {
      if (answer) {
        node.dataset.confirmed = "yes";
        node.click();
        delete node.dataset.confirmed;
      }
    });
  }

  /* ---------------------------------------------------------------- toasts */
  const icons = {
    success: "M2.5 8.5 6.5 12.5 13.5 4.5",
    error: "M8 4v5M8 11.5v.5",
    warning: "M8 4v5M8 11.5v.5",
    info: "M8 7.5V12M8 4.5V5",
  };

  function line(path) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const stroke = document.createElementNS(space, "path");
    svg.setAttribute("class", "icon");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    stroke.setAttribute("d", path);
    stroke.setAttribute("fill", "none");
    stroke.setAttribute("stroke", "currentColor");
    stroke.setAttribute("stroke-width", "1.75");
    stroke.setAttribute("stroke-linecap", "round");
    svg.append(stroke);
    return svg;
  }

  function dismissLater(note) {
    let timer = window.setTimeout(remove, 6000);
    function remove() {
      note.remove();
    }
    function hold() {
      window.clearTimeout(timer);
    }
    function go() {
      hold();
      timer = window.setTimeout(remove, 3000);
    }
    note.addEventListener("mouseenter", hold);
    note.addEventListener("focusin", hold);
    note.addEventListener("mouseleave", go);
    note.addEventListener("focusout", go);
  }

  // Good news leaves by itself; what went wrong stays until it has been read.
  function finish(note, level) {
    const close = element("button", "toast-close");
    note.setAttribute("role", level === "error" ? "alert" : "status");
    close.type = "button";
    close.setAttribute("aria-label", words.close);
    close.append(line("M4 4l8 8M12 4l-8 8"));
    close.addEventListener("click", function () {
      note.remove();
    });
    note.prepend(line(icons[level] || icons.info));
    note.append(close);
    if (level === "success" || level === "info") {
      dismissLater(note);
    }
  }

  function toast(text, level) {
    const place = document.querySelector(".toasts");
    if (place) {
      const note = element("div", "toast-note is-" + level);
      note.append(element("div", "toast-text", text));
      finish(note, level);
      place.append(note);
    }
  }

  /* ---------------------------------------------------------------- unsaved typing */
  let leaving = false;

  function fingerprint(form) {
    const parts = [];
    new FormData(form).forEach(function (value, key) {
      if (key !== "csrfmiddlewaretoken") {
        parts.push(key + "=" + (value instanceof File ? value.name + value.size : value));
      }
    });
    return parts.join("&");
  }

  function guard(form) {
    form.erpSaved = fingerprint(form);
    form.dataset.guarded = "";
    form.addEventListener("submit", function () {
      leaving = true;
      window.setTimeout(function () {
        leaving = false; // the submit was stopped, or answered by a download
      }, 4000);
    });
  }

  function dirty() {
    return Array.from(document.querySelectorAll("form[data-guard]")).some(function (form) {
      return form.erpSaved !== undefined && form.erpSaved !== fingerprint(form);
    });
  }

  window.addEventListener("beforeunload", function (event) {
    if (!leaving && dirty()) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  /* ---------------------------------------------------------------- keyboard */
  function shortcutsOn() {
    try {
      return window.localStorage.getItem("erp.shortcuts") !== "off";
    } catch (error) {
      return true;
    }
  }

  function showShortcuts() {
    if (typeof window.HTMLDialogElement !== "function" || document.querySelector("dialog[open]")) {
      return;
    }
    const dialog = element("dialog", "erp-dialog");
    const title = element("h2", "", words.shortcuts);
    const body = element("div", "dialog-text");
    const list = element("dl", "shortcut-list");
    const toggle = element("label");
    const box = element("input");
    const buttons = element("div", "dialog-buttons");
    const done = element("button", "erp-button is-primary", words.close);
    function add(key, meaning) {
      const term = element("dt");
      term.append(element("kbd", "", key));
      list.append(term, element("dd", "", meaning));
    }
    add("?", words.shortcuts);
    add("/", words.shortcutSearch);
    document.querySelectorAll("[data-shortcut]").forEach(function (node) {
      add(node.dataset.shortcut, node.dataset.shortcutLabel || node.textContent.trim());
    });
    add("Ctrl S", words.shortcutSave);
    title.id = "erp-shortcuts-title";
    dialog.setAttribute("aria-labelledby", title.id);
    box.type = "checkbox";
    box.checked = shortcutsOn();
    box.addEventListener("change", function () {
      remember("erp.shortcuts", box.checked ? "on" : "off");
    });
    toggle.append(box, " " + words.shortcutSwitch);
    done.type = "button";
    done.addEventListener("click", function () {
      dialog.close();
    });
    dialog.addEventListener("close", function () {
      dialog.remove();
    });
    body.append(list, element("br"), toggle);
    buttons.append(done);
    dialog.append(title, body, buttons);
    document.body.append(dialog);
    dialog.showModal();
    done.focus();
  }

  function typing(target) {
    return (
      target.isContentEditable ||
      /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
      (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type))
    );
  }

  function onKey(event) {
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach(function (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      if (root.dataset.drawer) {
        setDrawer("");
      }
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      const save = document.querySelector("[data-save], .submit-row input.default");
      if (save) {
        event.preventDefault();
        save.click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !shortcutsOn()) {
      return;
    }
    if (event.key === "?") {
      event.preventDefault();
      showShortcuts();
    } else if (event.key === "/") {
      const search = document.querySelector("[data-search], #searchbar, #nav-search");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    } else {
      document.querySelectorAll("[data-shortcut]").forEach(function (node) {
        if (node.dataset.shortcut === event.key) {
          event.preventDefault();
          node.click();
        }
      });
    }
  }

  /* ---------------------------------------------------------------- network */
  function showNetwork() {
    const note = document.querySelector(".offline-note");
    if (note) {
      note.hidden = navigator.onLine;
    }
  }

  /* ---------------------------------------------------------------- wide tables */
  // What scrolls and holds nothing to tab to is reached by the keyboard itself.
  function reachScrolling() {
    document.querySelectorAll(".table-scroll:not([tabindex])").forEach(function (box) {
      const holds = box.querySelector("a[href], button, input, select, textarea, summary");
      if (!holds && (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight)) {
        const part = box.closest(".panel, fieldset, section, main");
        const heading = part && part.querySelector("caption, h1, h2, h3");
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", heading ? heading.textContent.trim() : document.title);
      }
    });
  }

  /* ---------------------------------------------------------------- wiring */
  function onClick(event) {
    const target = event.target;
    if (target.closest("[data-theme-toggle]")) {
      nextTheme();
    } else if (target.closest("[data-nav-toggle]")) {
      toggleNav();
    } else if (target.closest("[data-filter-toggle]")) {
      toggleFilters();
    } else if (target.closest(".shell-backdrop")) {
      setDrawer("");
    } else if (target.closest("[data-shortcuts]")) {
      showShortcuts();
    } else if (target.closest("[data-back]")) {
      event.preventDefault();
      window.history.back();
    }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(target)) {
        menu.open = false;
      }
    });
  }

  function start() {
    document.addEventListener("click", onConfirmClick, true);
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
    document.addEventListener("input", function (event) {
      if (event.target.id === "nav-search") {
        filterNav(event.target);
      }
    });
    wide.addEventListener("change", showExpanded);
    wideFilters.addEventListener("change", showExpanded);
    window.addEventListener("online", showNetwork);
    window.addEventListener("offline", showNetwork);
    showExpanded();
    showNetwork();
    reachScrolling();
    window.addEventListener("resize", reachScrolling);
    document.querySelectorAll("form[data-guard]").forEach(guard);
    document.querySelectorAll("[data-toast]").forEach(function (note) {
      finish(note, note.dataset.toast);
    });
    const current = document.querySelector(".shell-nav a[aria-current]");
    if (current && current.offsetTop > window.innerHeight - 120) {
      current.scrollIntoView({ block: "center" });
    }
  }

  window.erp = { ask: ask, toast: toast, guard: guard, dirty: dirty, words: words };
  start();
})();
