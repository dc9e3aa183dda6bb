// Conveniences that pages do without where scripts don't run.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const all of document.querySelectorAll("[data-check-all]")) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.getElementsByName(all.dataset.checkAll)) box.checked = all.checked;
  });
}
