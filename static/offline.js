"use strict";
// Without a network, <form data-offline> keeps what was typed, and its photos, on this
// device, and sends it once when the network is back. Needs a secure context (https).
//
// An entry belongs to the person who typed it (the digest on <body>). Its `key` goes with
// it each time it is sent, so that the portal takes it once. The portal's time counts;
// when the device says it was typed is sent as `typed_at`, a claim.

const offline = {
  bar: document.querySelector("[data-offline-bar]"),
  owner: document.body.dataset.user || "",
  store: null,

  open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("offline", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  },

  run(mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.store.transaction("entries", mode, { durability: "strict" });
      const request = act(transaction.objectStore("entries"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  },

  keep(entry) { return this.run("readwrite", (entries) => entries.put(entry)); },
  drop(key) { return this.run("readwrite", (entries) => entries.delete(key)); },
  async all() {
    const entries = await this.run("readonly", (rows) => rows.getAll());
    return entries.filter((entry) => entry.owner === this.owner);
  },
};

// What a form would send, files and all; without what only this page may send.
function entryOf(form, key, submitter) {
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  body.delete("csrfmiddlewaretoken");
  const typedAt = new Date().toISOString();
  body.set("key", key);
  body.set("typed_at", typedAt);
  return {
    key, owner: offline.owner, typedAt,
    address: new URL(form.getAttribute("action") || location.href, location.href).pathname,
    label: form.dataset.offline || document.title,
    fields: [...body], refused: "",
  };
}

// The answer's own words, where it refuses.
function reasonIn(page) {
  const said = new DOMParser().parseFromString(page, "text/html")
    .querySelectorAll(".invalid-feedback, .alert-danger, .errorlist, [data-reason]");
  return [...said].map((place) => place.textContent.trim()).filter(Boolean).join(" ");
}

// Sends an entry; says what became of it: "sent", "refused", "signed out" or "no network".
async function send(entry) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) body.set("csrfmiddlewaretoken", token.value);
  let answer;
  try {
    answer = await fetch(entry.address, {
      method: "POST", body, credentials: "same-origin", headers: { "Sent-By": "script" },
    });
    if (answer.status >= 500 || answer.status === 429) return { outcome: "no network" };
  } catch {
    return { outcome: "no network" };
  }
  const signIn = document.body.dataset.signIn;
  if (answer.redirected && signIn && new URL(answer.url).pathname === signIn) return { outcome: "signed out" };
  if (answer.ok && answer.redirected) {
    await offline.drop(entry.key);
    return { outcome: "sent", url: answer.url };
  }
  const reason = reasonIn(await answer.text()) || offline.bar.dataset.textRefused;
  await offline.keep({ ...entry, refused: reason });
  return { outcome: "refused", reason };
}

// One tab sends at a time, one entry after the other.
async function flush() {
  if (!offline.owner || !navigator.onLine) return show();
  await navigator.locks.request("offline", async () => {
    for (const entry of await offline.all()) {
      if (entry.refused) continue;
      const { outcome } = await send(entry);
      if (outcome === "no network" || outcome === "signed out") break;
      if (outcome === "sent") sent += 1;
    }
  });
  return show();
}
let sent = 0;

async function show() {
  const entries = await offline.all();
  const text = offline.bar.dataset;
  offline.bar.hidden = !entries.length && !sent;
  const list = offline.bar.querySelector("ul");
  list.replaceChildren(...entries.map((entry) => line(entry, text)));
  offline.bar.querySelector("[data-offline-said]").textContent =
    entries.length ? (entries.every((entry) => entry.refused) ? text.textNotTaken : text.textKept) : text.textSent;
}

function line(entry, text) {
  const item = document.createElement("li");
  const said = document.createElement("span");
  const at = new Date(entry.typedAt).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  said.textContent = `${entry.label} · ${at}`;
  item.append(said);
  if (entry.refused) item.append(Object.assign(document.createElement("p"), { className: "quiet", textContent: entry.refused }));
  if (entry.refused) item.append(button(text.textAgain, async () => { await offline.keep({ ...entry, refused: "" }); await flush(); }));
  if (entry.refused) item.append(button(text.textOpen, () => openAgain(entry)));
  item.append(button(text.textDrop, async () => {
    if (!window.confirm(text.textSure)) return;
    await offline.drop(entry.key);
    await show();
  }));
  return item;
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-link", textContent: words });
  made.addEventListener("click", act);
  return made;
}

// Puts a refused entry back into its form, to be corrected and sent anew.
function openAgain(entry) {
  sessionStorage.setItem("offline:open", entry.key);
  location.assign(entry.address);
}

async function reopen(form) {
  const key = sessionStorage.getItem("offline:open");
  const entry = key && (await offline.all()).find((one) => one.key === key);
  if (!entry || entry.address !== location.pathname) return;
  sessionStorage.removeItem("offline:open");
  const files = new Map();
  for (const [name, value] of entry.fields) {
    const field = form.elements[name];
    if (!field || name === "key") continue;
    if (value instanceof File) files.set(name, [...(files.get(name) || []), value]);
    else if (field instanceof RadioNodeList) field.value = value;
    else if (field.type === "checkbox") field.checked = true;
    else if (field.type !== "submit") field.value = value;
  }
  for (const [name, chosen] of files) {
    const list = new DataTransfer();
    for (const file of chosen) list.items.add(file);
    if (form.elements[name].type === "file") form.elements[name].files = list.files;
  }
  form.dataset.key = key;
}

// A page may have been kept for days: "now" in its fields is the moment it is opened.
function freshen(form) {
  const old = Date.now() - Date.parse(form.dataset.renderedAt || "") > 600000;
  if (!old) return;
  const [day, time] = new Date().toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).split(" ");
  for (const field of form.querySelectorAll("[data-now]")) {
    if (field.value === field.defaultValue) field.value = field.dataset.now === "date" ? day : time.slice(0, 5);
  }
}

// A page that was kept may be filled more than once: each time is an entry of its own.
function keyOf(form) {
  form.dataset.key ||= crypto.randomUUID();
  return form.dataset.key;
}

async function submitted(event) {
  const form = event.target;
  if (!form.matches("form[data-offline]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.sending || !(form.noValidate || form.reportValidity())) return;
  form.dataset.sending = "yes";
  const entry = entryOf(form, keyOf(form), event.submitter);
  await offline.keep(entry);
  const { outcome, url } = await navigator.locks.request("offline", () => send(entry));
  delete form.dataset.sending;
  form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
  if (outcome === "sent") return location.assign(url);
  if (outcome === "refused") {
    // The portal shows the page with its reasons and what was typed.
    await offline.drop(entry.key);
    const field = form.querySelector("input[name=key]");
    if (field) field.value = entry.key;
    return HTMLFormElement.prototype.submit.call(form);
  }
  delete form.dataset.key;
  form.reset();
  await show();
  offline.bar.scrollIntoView({ block: "start" });
  return offline.bar.focus();
}

// Signing out leaves nothing on the device.
async function signedOut(event) {
  const form = event.target;
  if (form.getAttribute("action") !== document.body.dataset.signOut || form.dataset.cleared) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const entries = await offline.all();
  if (entries.length && !window.confirm(offline.bar.dataset.textSignOut)) return;
  await offline.run("readwrite", (rows) => rows.clear());
  for (const name of await caches.keys()) await caches.delete(name);
  form.dataset.cleared = "yes";
  form.requestSubmit(event.submitter);
}

const SIX_HOURS = 6 * 3600 * 1000;

async function keepPage(page) {
  // Another person's kept pages are nobody's here.
  if (localStorage.getItem("offline:owner") !== offline.owner) {
    await caches.delete("pages");
    localStorage.setItem("offline:owner", offline.owner);
  }
  if (!page || !navigator.onLine) return;
  const kept = await caches.match(new URL(page, location.href).href);
  const age = kept ? Date.now() - Date.parse(kept.headers.get("date")) : NaN;
  if (!(age < SIX_HOURS)) (await navigator.serviceWorker.ready).active.postMessage({ keep: page });
}

async function begin() {
  offline.store = await offline.open();
  document.addEventListener("submit", submitted, true);
  document.addEventListener("submit", signedOut, true);
  window.addEventListener("online", flush);
  for (const form of document.querySelectorAll("form[data-offline]")) {
    freshen(form);
    await reopen(form);
  }
  document.querySelectorAll("[data-offline-hint]").forEach((hint) => { hint.hidden = false; });
  await navigator.serviceWorker.register(document.body.dataset.worker, { scope: "/" });
  // The page for what is found on the shop floor can be opened later without a network.
  await keepPage(document.body.dataset.offlinePage);
  await flush();
  setInterval(async () => { if ((await offline.all()).some((entry) => !entry.refused)) flush(); }, 20000);
}

if (offline.bar && offline.owner && window.isSecureContext && navigator.serviceWorker && navigator.locks) begin();
