"use strict";
// Enhancement only: every page works without this file.

// A form is sent once: a second click while the first is on its way does nothing.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
}

// Coming back through the browser's history must find the buttons alive.
function wake() {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

// <form data-guard>: leaving with unsaved changes asks first.
const unsaved = new Set();
function guard(form) {
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

// <form data-autosave action=URL>: each change posts the whole form (but for chosen
// files) with "X-Autosave: 1". Answers: 200 {revision, saved_at}; 409 {message} ends it;
// any other 4xx {message} is shown and the next change tries again.
class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]") ||
      document.querySelector("[data-autosave-status]");
    this.changed = false; // something was typed since the last post began
    this.running = null;  // the post under way, as a promise
    this.stopped = false;
    this.delay = 0;
    form.addEventListener("input", () => this.later(1500));
    form.addEventListener("change", () => this.later(0));
    form.addEventListener("submit", (event) => this.submit(event), true);
  }

  say(state, text) {
    if (!this.status) return;
    this.status.dataset.state = state;
    this.status.textContent = text || document.body.dataset["text" + state[0].toUpperCase() + state.slice(1)];
  }

  later(wait) {
    if (this.stopped) return;
    this.changed = true;
    unsaved.add(this.form);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), wait);
  }

  // One post at a time; what changed meanwhile goes with the next.
  run() {
    if (this.running || this.stopped || !this.changed) return this.running;
    this.running = this.post().finally(() => {
      this.running = null;
      if (this.changed && !this.stopped) this.timer = setTimeout(() => this.run(), this.delay);
    });
    return this.running;
  }

  async post() {
    this.changed = false;
    this.say("saving");
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(this.form.getAttribute("action"), {
        method: "POST", body, credentials: "same-origin",
        headers: { "X-Autosave": "1", "Accept": "application/json" },
      });
      if (answer.status >= 500) throw new Error(String(answer.status));
      this.take(answer, await answer.json().catch(() => ({})));
      this.delay = 0;
    } catch {
      // No network, or a failure over there: again, waiting 1, 2, 4 … 30 seconds.
      this.changed = true;
      this.delay = Math.min(this.delay * 2 || 1000, 30000);
      this.say("unsaved");
    }
  }

  take(answer, said) {
    if (answer.ok && said.revision !== undefined) {
      const revision = this.form.querySelector("input[name=revision]");
      if (revision) revision.value = said.revision;
      if (!this.changed) unsaved.delete(this.form);
      this.say("saved", said.saved_at);
    } else if (answer.status === 409 || answer.ok || answer.status === 403) {
      // Somebody else saved, or the session is over: nothing more goes by itself.
      this.stopped = true;
      this.say("stopped", said.message);
    } else {
      this.say("unsaved", said.message);
    }
  }

  // A button waits for the post under way, so that it carries the newest revision.
  submit(event) {
    clearTimeout(this.timer);
    this.changed = false;
    if (!this.running) return unsaved.delete(this.form);
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    this.running.finally(() => {
      clearTimeout(this.timer);
      this.changed = false;
      unsaved.delete(this.form);
      this.form.requestSubmit(button);
    });
  }
}

document.querySelectorAll("form[data-guard]").forEach(guard);
document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", wake);
window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
