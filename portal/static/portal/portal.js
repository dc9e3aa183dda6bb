// Small enhancements; every page works without them.
(() => {
  "use strict";

  // A menu closes on Escape (focus goes back to its button) and on a press elsewhere.
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // <form data-confirm="…"> asks before it sends.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // The look changes at once; the form's answer only stores it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]") || event.defaultPrevented) return;
    event.preventDefault();
    const choice = event.submitter.value;
    const data = new FormData(form, event.submitter);
    if (choice) document.documentElement.dataset.theme = choice;
    else delete document.documentElement.dataset.theme;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
    fetch(form.action, { method: "POST", body: data, redirect: "manual" });
  });

  // <button data-print> prints the page.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
