/* One click logs in to the demonstration; loaded only where there is one. */
"use strict";
document.addEventListener("click", function (event) {
  const button = event.target.closest("[data-login-name]");
  if (button) {
    const form = document.getElementById("login-form");
    form.elements.username.value = button.dataset.loginName;
    form.elements.password.value = button.dataset.loginPassword;
    form.requestSubmit ? form.requestSubmit() : form.submit();
  }
});
