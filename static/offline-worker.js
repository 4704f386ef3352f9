"use strict";
// Keeps the pages on which something is captured, and what they look like, for a device
// without a network. Pages are asked for at the portal first, always; a page is kept
// only where the portal says so (X-Keep-Offline). Everything is cleared at sign-out.

const PAGES = "pages", LOOKS = "looks";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (/^(style|script|font)$/.test(request.destination)) event.respondWith(look(request));
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepPage(event.data.keep));
});

// Asked for by a page of the portal: also what it looks like is there, from the first.
async function keepPage(address) {
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const text = await answer.clone().text();
    const links = [...text.matchAll(/(?:src|href)="(\/[^"?]+\.(?:js|css|svg))"/g)].map(([, link]) => link);
    await (await caches.open(LOOKS)).addAll([...new Set(links)]);
    await keep(address, answer);
  } catch {
    // No network now: the page kept before stays.
  }
}

async function keep(address, answer) {
  if (!answer.ok || answer.redirected || !answer.headers.has("X-Keep-Offline")) return;
  const pages = await caches.open(PAGES);
  await pages.put(new URL(address, location.href).pathname, answer.clone());
}

async function page(request) {
  try {
    const answer = await fetch(request);
    await keep(request.url, answer);
    return answer;
  } catch (failure) {
    const pages = await caches.open(PAGES);
    const kept = await pages.match(new URL(request.url).pathname);
    if (kept) return kept;
    // What can be done without a network is done there.
    const [first] = await pages.keys();
    if (first) return Response.redirect(first.url);
    throw failure;
  }
}

async function look(request) {
  const looks = await caches.open(LOOKS);
  try {
    const answer = await fetch(request);
    if (answer.ok) await looks.put(request, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await looks.match(request);
    if (kept) return kept;
    throw failure;
  }
}
