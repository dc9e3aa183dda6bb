// A quiz saves each answer as it is given; without scripts its buttons do the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-quiz]");
  const saved = document.getElementById("saved");

  if (form) {
    const say = (text, state) => {
      saved.className = `quiz__saved ${state}`;
      saved.textContent = text;
    };
    form.addEventListener("htmx:beforeRequest", () => say(form.dataset.saving, "is-busy"));
    form.addEventListener("htmx:beforeSwap", () => { saved.className = "quiz__saved"; });
    form.addEventListener("htmx:sendError", () => say(form.dataset.unsaved, "is-failed"));
    form.addEventListener("htmx:timeout", () => say(form.dataset.unsaved, "is-failed"));
    form.addEventListener("htmx:responseError", (event) => {
      const plain = event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
      say(plain ? event.detail.xhr.responseText : form.dataset.unsaved, "is-failed");
    });
    // A browser's back button may show the page as it was: ask the server instead.
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // Time left, by the server's clock: the device's own may be wrong.
  for (const place of document.querySelectorAll("[data-deadline]")) {
    const offset = Date.parse(place.dataset.now) - Date.now();
    const end = Date.parse(place.dataset.deadline);
    const left = place.querySelector("[data-left]");
    const tick = () => {
      const seconds = Math.max(0, Math.round((end - Date.now() - offset) / 1000));
      left.textContent = `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
      place.classList.toggle("is-short", seconds < 60);
      if (seconds > 0) setTimeout(tick, 1000);
      else setTimeout(() => location.reload(), 1000);
    };
    tick();
  }
})();
