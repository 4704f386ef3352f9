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
// A field may stand apart from its form and name it, so the page is listened to.
function whenTyped(form, act) {
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => { if (event.target.form === form) act(); });
  }
}
function guard(form) {
  whenTyped(form, () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

// What is typed into a form with data-guard or data-autosave is copied into this tab's
// sessionStorage until a save has succeeded, so that a session that ends in between
// costs nothing. A copy belongs to a person (a digest on <body>) and to an address.
const COPY = "typed:";
const BASIS = ["revision", "shown"]; // they say from which save the text was made

const copies = {
  owner: document.body.dataset.user || "",
  key(form) {
    const action = form.getAttribute("action") || location.href;
    return COPY + this.owner + ":" + new URL(action, location.href).pathname;
  },
  all: () => Object.keys(sessionStorage).filter((key) => key.startsWith(COPY)),
  read: (key) => JSON.parse(sessionStorage.getItem(key)),
  drop: (form) => sessionStorage.removeItem(copies.key(form)),
  write(key, copy) {
    try {
      sessionStorage.setItem(key, JSON.stringify(copy));
    } catch {
      // The storage is full or forbidden: the page goes on without copies.
    }
  },
  keep(form, sent) {
    if (this.owner) this.write(this.key(form), { fields: typed(form), basis: basis(form).map((field) => field.value), sent });
  },
  forget: () => copies.all().forEach((key) => sessionStorage.removeItem(key)),
};

const basis = (form) => BASIS.flatMap((name) => [...form.querySelectorAll(`input[type=hidden][name=${name}]`)]);
const typable = (form) => [...form.elements].filter((field) =>
  field.name && "value" in field && !/^(hidden|password|file|submit|button|reset)$/.test(field.type));

// Each field as [name, value], or [name, values] where several can be chosen.
function typed(form) {
  return typable(form).map((field) => {
    if (/^(checkbox|radio)$/.test(field.type)) return [field.name, field.value, field.checked];
    if (field.multiple && field.options) return [field.name, [...field.selectedOptions].map((option) => option.value)];
    return [field.name, field.value];
  });
}

function fill(form, fields) {
  const left = [...fields];
  for (const field of typable(form)) {
    const choice = /^(checkbox|radio)$/.test(field.type);
    const at = left.findIndex(([name, value]) => name === field.name && (!choice || value === field.value));
    if (at < 0) continue;
    const [, value, checked] = left.splice(at, 1)[0];
    if (choice) field.checked = checked;
    else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
    if (value && field.value) field.closest("details")?.setAttribute("open", "");
  }
}

// The server may trim what it saves: that is no difference.
const plainly = (fields) => JSON.stringify(fields).replace(/(\\[nrt]|\s)+/g, " ").replace(/ ?" ?/g, '"');

function restore(form) {
  const copy = copies.read(copies.key(form));
  if (!copy) return;
  if (plainly(copy.fields) === plainly(typed(form))) return copies.drop(form);
  fill(form, copy.fields);
  // Made from an older save: the server must see that, and show both texts.
  basis(form).forEach((field, index) => {
    if (field.value !== copy.basis[index]) form.dataset.outdated = "yes";
    field.value = copy.basis[index];
  });
  unsaved.add(form);
  copies.write(copies.key(form), { ...copy, sent: false });
  const said = document.createElement("p");
  said.className = "notice notice-warning";
  said.setAttribute("role", "status");
  form.prepend(said);
  // Screen readers speak what changes in a region that is already there.
  setTimeout(() => { said.textContent = document.body.dataset.textRestored; }, 100);
}

// A page begins: what became of what was sent from the page before?
function settle(forms) {
  const [navigation] = performance.getEntriesByType("navigation");
  const failed = !copies.owner || navigation?.responseStatus >= 400;
  for (const key of copies.all()) {
    const copy = copies.read(key);
    if (copies.owner && !key.startsWith(COPY + copies.owner + ":")) sessionStorage.removeItem(key);
    else if (copy.sent && failed) copies.write(key, { ...copy, sent: false });
    else if (copy.sent && !forms.some((form) => copies.key(form) === key)) sessionStorage.removeItem(key);
  }
  forms.forEach(restore);
}

function keepTyped(form) {
  whenTyped(form, () => copies.keep(form, false));
  form.querySelectorAll("[data-forget]").forEach((link) => link.addEventListener("click", () => copies.drop(form)));
}

function markSent(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.matches("[data-guard], [data-autosave]")) copies.keep(form, true);
  // Signing out leaves nothing behind for the next person at this machine.
  if (form.getAttribute("action") === document.body.dataset.signOut) copies.forget();
}

// <button data-copy=ID>: copies what stands in the field, where the browser can.
function offerCopy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = document.querySelector(`[data-copied=${field.id}]`);
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = said.dataset.text;
    } catch {
      field.focus(); // not allowed: it is selected, to be copied by hand
    }
  });
}

// <input data-narrow=ID>: of the select's options, those stay that have all the words.
function narrow(field) {
  const select = document.getElementById(field.dataset.narrow);
  const all = [...select.children].map((child) => child.cloneNode(true));
  const said = document.querySelector("[data-narrowed]");
  document.querySelectorAll("[data-unless-script]").forEach((button) => button.remove());
  field.addEventListener("input", (event) => {
    event.stopPropagation(); // looking for something changes nothing
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = select.value;
    const found = (option) => {
      const text = (option.dataset.words || option.text).toLowerCase();
      return Boolean(option.value) && words.every((word) => text.includes(word));
    };
    const count = all.flatMap((child) => child.matches("option") ? [child] : [...child.children])
      .filter(found).length;
    // Who finds nothing has the whole list to look through.
    const fits = (option) => !count || found(option) || !option.value || option.value === chosen;
    select.replaceChildren(...all.map((child) => {
      const copy = child.cloneNode(true);
      const options = copy.matches("option") ? [copy] : [...copy.children];
      for (const option of options) if (!fits(option)) option.remove();
      return copy;
    }).filter((copy) => copy.matches("option") || copy.children.length));
    select.value = chosen;
    said.hidden = !words.length;
    said.textContent = count ? said.dataset.text.replace("0", count) : said.dataset.textNone;
  });
}

// <p data-chosen=ID>: the whole text of what is chosen in the select.
function showChosen(place) {
  const select = document.getElementById(place.dataset.chosen);
  select.addEventListener("change", () => { place.textContent = select.selectedOptions[0]?.dataset.text || ""; });
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
    this.stopped = "outdated" in form.dataset; // the next save is made by the button
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
      if (!this.changed) {
        unsaved.delete(this.form);
        copies.drop(this.form);
      }
      this.say("saved", `${document.body.dataset.textSaved} ${said.saved_at}`);
    } else if (answer.status === 409 || answer.ok || answer.status === 403) {
      // Somebody else saved, or the session is over: nothing more goes by itself.
      this.stopped = true;
      const signedOut = answer.redirected || answer.status === 403;
      this.say("stopped", said.message || (signedOut && document.body.dataset.textSignedOut));
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

// <form data-progress>: each [data-answered] says how many of the radio groups beside it,
// in its <details> or in the whole form, have an answer.
function countAnswers(form) {
  for (const place of form.querySelectorAll("[data-answered]")) {
    const part = place.closest("details") || form;
    place.textContent = part.querySelectorAll(
      "input[type=radio]:checked:not([value=not_checked]), .clause input[type=hidden]").length;
  }
}

// <form data-photos>: each chosen file is sent at once, one after the other. It counts as
// saved when the server names the digest it stored and read again; until then it stays
// on the page as not saved, to be tried again.
class Photos {
  constructor(form) {
    this.form = form;
    this.list = form.parentElement.querySelector("[data-photo-list]");
    this.picker = form.querySelector("input[type=file]");
    this.queue = Promise.resolve();
    this.waiting = new Set();
    form.querySelectorAll("[data-photos-plain]").forEach((part) => { part.hidden = true; });
    this.picker.addEventListener("change", () => {
      [...this.picker.files].forEach((file) => this.show(file));
      this.picker.value = "";
    });
  }

  show(file) {
    const item = document.createElement("li");
    item.className = "photo photo-waiting";
    const name = Object.assign(document.createElement("span"), { textContent: file.name });
    const said = Object.assign(document.createElement("p"), { className: "autosave-status" });
    said.setAttribute("role", "status");
    const again = this.button(this.form.dataset.textAgain, () => this.send(file, item));
    const drop = this.button(this.form.dataset.textDrop, () => { this.settle(item); item.remove(); });
    item.append(name, said, again, drop);
    this.list.append(item);
    this.send(file, item);
  }

  button(text, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-link", textContent: text, hidden: true });
    button.addEventListener("click", act);
    return button;
  }

  say(item, state, text) {
    const said = item.querySelector("[role=status]");
    said.dataset.state = state;
    said.textContent = text;
    item.querySelectorAll("button").forEach((button) => { button.hidden = state !== "unsaved"; });
  }

  send(file, item) {
    this.waiting.add(item);
    unsaved.add(this.form);
    this.say(item, "saving", this.form.dataset.textSending);
    this.queue = this.queue.then(() => this.post(file, item));
  }

  async post(file, item) {
    if (file.size > Number(this.form.dataset.largest)) return this.say(item, "unsaved", this.form.dataset.textLarge);
    const body = new FormData(this.form);
    body.set(this.picker.name, file);
    try {
      const answer = await fetch(this.form.getAttribute("action"), {
        method: "POST", body, credentials: "same-origin", headers: { "Accept": "application/json" },
      });
      if (answer.redirected) return this.say(item, "unsaved", document.body.dataset.textSignedOut);
      const said = await answer.json().catch(() => ({}));
      if (answer.ok && said.sha256) return this.take(item, said);
      this.say(item, "unsaved", said.message || this.form.dataset.textFailed);
    } catch {
      this.say(item, "unsaved", this.form.dataset.textFailed);
    }
  }

  take(item, said) {
    this.settle(item);
    if (this.list.querySelector(`[data-sha256="${said.sha256}"]`)) return item.remove();
    item.insertAdjacentHTML("afterend", said.item);
    item.remove();
  }

  settle(item) {
    this.waiting.delete(item);
    if (!this.waiting.size) unsaved.delete(this.form);
  }
}

const kept = [...document.querySelectorAll("form[data-guard], form[data-autosave]")];
settle(kept);
kept.forEach(keepTyped);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
document.querySelectorAll("[data-narrow]").forEach(narrow);
document.querySelectorAll("[data-chosen]").forEach(showChosen);
document.querySelectorAll("form[data-guard]").forEach(guard);
document.querySelectorAll("form[data-progress]").forEach((form) => {
  countAnswers(form);
  form.addEventListener("change", () => countAnswers(form));
});
document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
document.querySelectorAll("form[data-photos]").forEach((form) => new Photos(form));
// What offline.js has kept on the device is safe there.
document.addEventListener("kept", (event) => {
  unsaved.delete(event.target);
  copies.drop(event.target);
});
document.addEventListener("submit", markSent);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", wake);
window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
