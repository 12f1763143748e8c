/*
 * The lines of a requisition as a grid: rows are added, copied, taken away and pasted from a
 * spreadsheet, the keyboard moves, totals follow. The server decides what is right: a cell that
 * cannot be read is marked and left as it is, never guessed.
 */
"use strict";
(function () {
  const form = document.querySelector("form[data-most-lines]");
  const body = document.querySelector("[data-lines]");
  const template = document.getElementById("line-template");
  if (!form || !body || !template) {
    return;
  }
  const words = document.getElementById("grid-words").dataset;
  const most = Number(form.dataset.mostLines);
  const currencies = JSON.parse(document.getElementById("currencies").textContent);
  const COLUMNS = [
    "item",
    "description",
    "quantity",
    "unit",
    "estimated_price",
    "needed_by",
    "preferred_supplier",
    "notes",
  ];
  const PLACES = 12n;
  const SCALE = 10n ** PLACES;

  /* ---------------------------------------------------------------- rows */
  function rows() {
    return Array.from(body.querySelectorAll("[data-line]"));
  }

  function field(row, name) {
    return row.querySelector('[data-field="' + name + '"]');
  }

  function fields(row) {
    return Array.from(row.querySelectorAll("[data-field]"));
  }

  function isBlank(row) {
    return fields(row).every(function (input) {
      return input.dataset.field === "unit" || !input.value.trim();
    });
  }

  function number(row, index) {
    const place = index + 1;
    row.querySelector("[data-line-no]").firstChild.textContent = String(place);
    fields(row).forEach(function (input) {
      input.id = "line-" + place + "-" + input.dataset.field;
      input.setAttribute("aria-label", input.dataset.label + " " + place);
      const message = errorOf(input);
      if (message) {
        message.id = input.id + "-error";
        input.setAttribute("aria-describedby", message.id);
      }
    });
    ["copy", "remove"].forEach(function (name) {
      const button = row.querySelector("[data-line-" + name + "]");
      button.value = name + ":" + index;
      button.setAttribute(
        "aria-label",
        button.getAttribute("aria-label").replace(/\d+/, String(place)),
      );
    });
  }

  function changed() {
    rows().forEach(number);
    total();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function blank() {
    return template.content.firstElementChild.cloneNode(true);
  }

  function add(after) {
    if (rows().length >= most + 1) {
      window.erp.toast(words.tooMany.replace("%s", String(most)), "error");
      return null;
    }
    const row = blank();
    if (after) {
      after.after(row);
    } else {
      body.append(row);
    }
    return row;
  }

  function values(row) {
    const found = { id: row.querySelector('[name="line-id"]').value };
    fields(row).forEach(function (input) {
      found[input.dataset.field] = input.value;
    });
    return found;
  }

  function fill(row, found) {
    row.querySelector('[name="line-id"]').value = found.id || "";
    fields(row).forEach(function (input) {
      input.value = found[input.dataset.field] || "";
      check(input);
    });
    amount(row);
  }

  function copy(row) {
    const made = add(row);
    if (made) {
      fill(made, Object.assign(values(row), { id: "" }));
      changed();
      field(made, "quantity").focus();
    }
  }

  function remove(row) {
    const all = rows();
    const at = all.indexOf(row);
    const next = all[at + 1] || all[at - 1] || add(row);
    row.remove();
    changed();
    if (next) {
      field(next, "description").focus();
    }
  }

  /* ---------------------------------------------------------------- reading numbers, exactly */
  function read(text) {
    const plain = text.normalize("NFKC").trim().replace("\u2212", "-");
    if (!plain) {
      return { value: null };
    }
    if (/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain)) {
      return { value: scaled(plain) };
    }
    const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain);
    if (grouped && (plain.split(",").length > 2 || plain.includes("."))) {
      return { value: scaled(plain.replace(/,/g, "")) };
    }
    const likely = /^[+-]?\d[\d.,'’ ]*$/.test(plain);
    return { value: null, error: likely ? words.ambiguous : words.notANumber };
  }

  function scaled(plain) {
    const negative = plain.startsWith("-");
    const parts = plain.replace(/^[+-]/, "").split(".");
    const digits = (parts[1] || "").slice(0, Number(PLACES)).padEnd(Number(PLACES), "0");
    const value = BigInt((parts[0] || "0") + digits);
    return negative ? -value : value;
  }

  // Half up, away from zero, to the decimal places of the currency.
  function rounded(value, from, places) {
    const step = 10n ** BigInt(from - places);
    const sign = value < 0n ? -1n : 1n;
    return (sign * ((sign * value + step / 2n) / step)) * 10n ** BigInt(4 - places);
  }

  function shown(value, places) {
    const digits = String(value).padStart(5, "0");
    const whole = digits.slice(0, -4).replace(/\B(?=(\d{3})+$)/g, ",");
    return places ? whole + "." + digits.slice(-4).slice(0, places) : whole;
  }

  function currency() {
    const select = form.elements.currency;
    return currencies[select ? select.value : ""] || { code: "", minor_units: 2 };
  }

  function amount(row) {
    const quantity = read(field(row, "quantity").value).value;
    const price = read(field(row, "estimated_price").value).value;
    const cell = row.querySelector("[data-amount]");
    if (quantity === null || price === null || quantity < 0n || price < 0n) {
      cell.textContent = "";
      return 0n;
    }
    const places = currency().minor_units;
    const exact = (quantity * price) / (SCALE / 10n ** 8n);
    const value = rounded(exact, 20, places);
    cell.textContent = shown(value, places);
    return value;
  }

  function total() {
    const sum = rows().reduce(function (so_far, row) {
      return so_far + amount(row);
    }, 0n);
    const text = shown(sum, currency().minor_units) + " " + currency().code;
    document.querySelectorAll("[data-total]").forEach(function (place) {
      place.textContent = text;
    });
  }

  /* ---------------------------------------------------------------- marking cells */
  function errorOf(input) {
    const next = input.nextElementSibling;
    return next && next.classList.contains("invalid-feedback") ? next : null;
  }

  function say(input, text) {
    let message = errorOf(input);
    input.classList.toggle("is-invalid", Boolean(text));
    if (!text) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      if (message) {
        message.remove();
      }
      return;
    }
    if (!message) {
      message = document.createElement("div");
      message.className = "invalid-feedback";
      input.after(message);
    }
    message.id = input.id + "-error";
    message.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", message.id);
  }

  function check(input) {
    const name = input.dataset.field;
    if (name === "quantity" || name === "estimated_price") {
      say(input, read(input.value).error);
    } else if (name === "needed_by") {
      const text = input.value.normalize("NFKC").trim();
      const readable = /^\d{4}([-/.])\d{1,2}\1\d{1,2}$|^\d{4}年\d{1,2}月\d{1,2}日$|^\d{8}$/.test(text);
      say(input, text && !readable ? words.notADate : "");
    } else {
      say(input, "");
    }
  }

  /* ---------------------------------------------------------------- pasting */
  // Cells are parted by tabs; a quoted cell may hold tabs, line breaks and doubled quotes.
  function cells(text) {
    const table = [[]];
    let cell = "";
    let quoted = false;
    let started = false;
    const clean = text.replace(/\r\n?/g, "\n");
    for (let at = 0; at < clean.length; at += 1) {
      const sign = clean[at];
      if (quoted) {
        if (sign === '"' && clean[at + 1] === '"') {
          cell += '"';
          at += 1;
        } else if (sign === '"') {
          quoted = false;
        } else {
          cell += sign;
        }
      } else if (sign === '"' && !started) {
        quoted = true;
        started = true;
      } else if (sign === "\t" || sign === "\n") {
        table[table.length - 1].push(cell);
        cell = "";
        started = false;
        if (sign === "\n") {
          table.push([]);
        }
      } else {
        cell += sign;
        started = true;
      }
    }
    table[table.length - 1].push(cell);
    return table.filter(function (line) {
      return line.some(function (text) {
        return text.trim();
      });
    });
  }

  function paste(event) {
    const input = event.target;
    if (!input.dataset || !input.dataset.field || !event.clipboardData) {
      return;
    }
    const text = event.clipboardData.getData("text/plain");
    const first = COLUMNS.indexOf(input.dataset.field);
    const isTable = /\t/.test(text) || /\n./.test(text.trim());
    if (first < 0 || !isTable || input.tagName === "TEXTAREA") {
      return;
    }
    event.preventDefault();
    const table = cells(text);
    let row = input.closest("[data-line]");
    if (rows().length + table.length > most + 1) {
      window.erp.toast(words.tooMany.replace("%s", String(most)), "error");
      return;
    }
    table.forEach(function (line, index) {
      if (index > 0) {
        row = row.nextElementSibling || add(null);
      }
      line.forEach(function (value, column) {
        const name = COLUMNS[first + column];
        const target = name && field(row, name);
        if (target) {
          target.value = value.trim().replace(/\s*\n\s*/g, " ");
          check(target);
        } else if (value.trim()) {
          say(field(row, "description"), words.extraCells);
        }
      });
    });
    grow();
    changed();
  }

  /* ---------------------------------------------------------------- keyboard */
  function go(row, name) {
    const target = row && field(row, name);
    if (target) {
      target.focus();
      if (target.select) {
        target.select();
      }
    }
  }

  function sideways(input, step) {
    const all = fields(input.closest("[data-line]")).filter(function (other) {
      return other.offsetParent !== null;
    });
    const target = all[all.indexOf(input) + step];
    if (target) {
      target.focus();
    }
    return Boolean(target);
  }

  function onKey(event) {
    const input = event.target;
    if (!input.dataset || !input.dataset.field || event.isComposing || event.altKey) {
      return;
    }
    const row = input.closest("[data-line]");
    const name = input.dataset.field;
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "d") {
      const above = row.previousElementSibling;
      event.preventDefault();
      if (above) {
        input.value = field(above, name).value;
        check(input);
        changed();
      }
      return;
    }
    if (control || event.shiftKey || input.tagName === "TEXTAREA") {
      return;
    }
    const caretFirst = input.selectionStart === 0 && input.selectionEnd === 0;
    const caretLast = input.selectionStart === input.value.length;
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      if (!row.nextElementSibling && event.key === "Enter" && !isBlank(row)) {
        add(null);
        changed();
      }
      go(row.nextElementSibling, name);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      go(row.previousElementSibling, name);
    } else if (event.key === "ArrowLeft" && caretFirst) {
      sideways(input, -1);
    } else if (event.key === "ArrowRight" && caretLast && sideways(input, 1)) {
      event.preventDefault();
    }
  }

  // There is always a blank row to go on in.
  function grow() {
    const all = rows();
    const last = all[all.length - 1];
    if ((!last || !isBlank(last)) && all.length < most) {
      number(add(null), all.length);
    }
  }

  /* ---------------------------------------------------------------- the catalogue */
  function onChosen(event) {
    const input = event.target;
    const found = event.detail.row;
    if (input.dataset.suggest !== "items" || !input.closest("[data-line]")) {
      return;
    }
    const row = input.closest("[data-line]");
    field(row, "item").value = found.code;
    field(row, "description").value = found.name;
    field(row, "unit").value = found.unit;
    field(row, "category").value = found.category || "";
    field(row, "manufacturer_part_number").value = found.manufacturer_part_number || "";
    if (found.price && found.currency === currency().code) {
      field(row, "estimated_price").value = found.price;
    } else {
      field(row, "estimated_price").value = ""; // the server knows the price in this currency
    }
    fields(row).forEach(check);
    changed();
    go(row, "quantity");
  }

  /* ---------------------------------------------------------------- wiring */
  body.addEventListener("click", function (event) {
    const button = event.target.closest("[data-line-copy], [data-line-remove]");
    if (button) {
      event.preventDefault();
      const row = button.closest("[data-line]");
      if ("lineCopy" in button.dataset) {
        copy(row);
      } else {
        remove(row);
      }
    }
  });
  document.querySelector("[data-line-add]").addEventListener("click", function (event) {
    event.preventDefault();
    const row = add(null);
    if (row) {
      changed();
      field(row, "item").focus();
    }
  });
  body.addEventListener("input", function (event) {
    if (event.target.dataset.field) {
      total();
      grow();
      if (event.target.classList.contains("is-invalid")) {
        check(event.target);
      }
    }
  });
  body.addEventListener("change", function (event) {
    if (event.target.dataset.field) {
      check(event.target);
    }
  });
  body.addEventListener("paste", paste);
  body.addEventListener("keydown", onKey);
  document.addEventListener("suggest:chosen", onChosen);
  if (form.elements.currency) {
    form.elements.currency.addEventListener("change", total);
  }
  const summary = document.querySelector("[data-focus]");
  if (summary) {
    summary.focus();
  }
  total();

  window.erpGrid = {
    values: function () {
      return rows()
        .filter(function (row) {
          return !isBlank(row);
        })
        .map(values);
    },
    replace: function (found) {
      rows().forEach(function (row) {
        row.remove();
      });
      found.slice(0, most).forEach(function (line) {
        fill(add(null), line);
      });
      grow();
      rows().forEach(number);
      total();
    },
  };
})();
