/*
 * htmx in the workspace: the CSRF header, questions by the page's own dialog, and answers that
 * tell people what happened when a request fails. Loaded after shell.js and before htmx needs it.
 */
"use strict";
(function () {
  const words = window.erp.words;

  function token() {
    const meta = document.querySelector('meta[name="csrf-token"]');
    return meta ? meta.content : "";
  }

  document.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-CSRFToken"] = token();
  });

  document.addEventListener("htmx:confirm", function (event) {
    if (!event.detail.question) {
      return;
    }
    event.preventDefault();
    const node = event.detail.elt;
    window.erp
      .ask({
        title: node.dataset.confirmTitle || "",
        text: event.detail.question,
        yes: node.dataset.confirmYes || "",
        danger: "confirmDanger" in node.dataset,
      })
      .then(function (answer) {
        if (answer) {
          event.detail.issueRequest(true);
        }
      });
  });

  // A session that ended would put the log-in page into a corner of this one, and lose the typing.
  document.addEventListener("htmx:beforeSwap", function (event) {
    const login = document.body.dataset.login;
    const answered = event.detail.xhr.responseURL || "";
    if (login && new URL(answered, window.location.href).pathname === login) {
      event.detail.shouldSwap = false;
      event.detail.isError = false;
      window.erp.toast(words.loggedOut, "error");
    } else if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:responseError", function (event) {
    const status = event.detail.xhr.status;
    const said = { 403: words.forbidden, 404: words.gone, 409: words.conflict, 429: words.slow };
    window.erp.toast(said[status] || words.failed, "error");
  });

  document.addEventListener("htmx:sendError", function () {
    window.erp.toast(words.unreachable, "error");
  });

  document.addEventListener("htmx:timeout", function () {
    window.erp.toast(words.unreachable, "error");
  });

  // The server may say something with any answer: HX-Trigger: {"toast": {"text": …, "level": …}}
  document.addEventListener("toast", function (event) {
    window.erp.toast(event.detail.text, event.detail.level || "info");
  });

  document.addEventListener("htmx:load", function (event) {
    event.detail.elt.querySelectorAll("form[data-guard]").forEach(window.erp.guard);
  });
})();
