/*
 * Suggestions while somebody types: items, suppliers, categories and people, and @names in
 * comments. The server finds; the page works without this file. Also: a button marked data-once
 * sends its form once, however often it is clicked.
 */
"use strict";
(function () {
  const WAIT = 180;
  let list = null;
  let owner = null;
  let rows = [];
  let chosen = -1;
  let timer = 0;
  let asked = 0;

  function camel(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  function addressFor(field) {
    const kind = field.dataset.suggest;
    const form = field.form;
    const name = "lookup" + camel(kind);
    return field.dataset[name] || (form && form.dataset[name]) || "";
  }

  function close() {
    if (owner) {
      owner.setAttribute("aria-expanded", "false");
      owner.removeAttribute("aria-activedescendant");
      owner.removeAttribute("aria-controls");
    }
    if (list) {
      list.remove();
    }
    list = owner = null;
    rows = [];
    chosen = -1;
    asked += 1;
  }

  function place() {
    const box = owner.getBoundingClientRect();
    const below = window.innerHeight - box.bottom;
    list.style.position = "fixed";
    list.style.left = Math.max(4, Math.min(box.left, window.innerWidth - 370)) + "px";
    list.style.width = Math.min(Math.max(box.width, 350), window.innerWidth - 16) + "px";
    list.style.zIndex = "1050";
    if (below < 200 && box.top > below) {
      list.style.bottom = window.innerHeight - box.top + 4 + "px";
    } else {
      list.style.top = box.bottom + 2 + "px";
    }
  }

  function span(className, text) {
    const made = document.createElement("span");
    made.className = className;
    made.textContent = text;
    return made;
  }

  function show(field, found) {
    close();
    if (!found.length || document.activeElement !== field) {
      return;
    }
    owner = field;
    rows = found;
    list = document.createElement("ul");
    list.className = "suggestions";
    list.id = "suggestions";
    list.setAttribute("role", "listbox");
    found.forEach(function (row, index) {
      const option = document.createElement("li");
      option.id = "suggestion-" + index;
      option.setAttribute("role", "option");
      option.append(span("code", row.code), span("name", row.name));
      if (row.price) {
        option.append(span("price", row.price + " " + row.currency));
      }
      option.addEventListener("mousedown", function (event) {
        event.preventDefault();
        choose(index);
      });
      list.append(option);
    });
    (document.getElementById("main") || document.body).append(list);
    place();
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", "suggestions");
  }

  function mark(index) {
    chosen = index;
    list.querySelectorAll("li").forEach(function (option, at) {
      option.setAttribute("aria-selected", String(at === index));
      if (at === index) {
        owner.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  }

  function choose(index) {
    const field = owner;
    const row = rows[index];
    close();
    if (field.dataset.mention) {
      const end = field.selectionStart;
      const before = field.value.slice(0, end).replace(/@[\w.+-]*$/, "@" + row.code + " ");
      field.value = before + field.value.slice(end);
      field.setSelectionRange(before.length, before.length);
    } else {
      field.value = row.code;
      field.title = row.name;
    }
    field.dispatchEvent(
      new CustomEvent("suggest:chosen", { bubbles: true, detail: { row: row } }),
    );
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  function wanted(field) {
    if (field.dataset.mention) {
      const found = /(?:^|[^\w.+-])@([\w.+-]+)$/.exec(field.value.slice(0, field.selectionStart));
      return found ? { text: found[1], address: field.dataset.mention } : null;
    }
    const text = field.value.trim();
    return text.length > 1 ? { text: text, address: addressFor(field) } : null;
  }

  function ask(field) {
    const question = wanted(field);
    if (!question || !question.address) {
      close();
      return;
    }
    asked += 1;
    const mine = asked;
    window
      .fetch(question.address + "?q=" + encodeURIComponent(question.text), {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
      })
      .then(function (response) {
        return response.ok ? response.json() : { results: [] };
      })
      .then(function (answer) {
        if (mine === asked) {
          show(field, answer.results);
        }
      })
      .catch(function () {
        close(); // no network or logged out: typing goes on without suggestions
      });
  }

  function onInput(event) {
    const field = event.target;
    if (!field.dataset || !(field.dataset.suggest || field.dataset.mention)) {
      return;
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(function () {
      ask(field);
    }, WAIT);
  }

  function onKey(event) {
    if (!list || event.target !== owner || event.isComposing) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((chosen + step + rows.length) % rows.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) {
      choose(chosen);
      if (event.key === "Tab") {
        return;
      }
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  document.addEventListener("input", onInput);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("focusout", function (event) {
    if (event.target === owner) {
      close();
    }
    window.clearTimeout(timer);
  });
  window.addEventListener("resize", close);
  document.addEventListener(
    "scroll",
    function (event) {
      if (list && event.target !== list) {
        close();
      }
    },
    true,
  );

  /* ---------------------------------------------------------------- once */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.querySelector("[data-once]") || event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(function () {
      delete form.dataset.sent;
    }, 8000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });
})();
