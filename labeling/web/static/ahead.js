// The next two cards are fetched while one is read, so that Enter shows the next at once. Needs zorya.js and review.js.
"use strict";

const AHEAD = 2;
const CALM_MS = 400; // a second press of the same key must not decide on a card that nobody has read
const ahead = [];
let fetching = false, nothingMore = false, goesOn = false, place = location.pathname;

const verdictOf = (root) => root.querySelector("#verdict");
const tokenOf = (form) => form.elements.csrf.value;

function cardOf(text) {
  const drawn = new DOMParser().parseFromString(text, "text/html");
  return { title: drawn.title, main: drawn.getElementById("main"), said: [...drawn.getElementById("said").childNodes] };
}

// Puts a card in the place of the one that stands there, and hands that one back.
function show(card, address) {
  const before = { title: document.title, main: document.getElementById("main"), said: [] };
  before.main.replaceWith(card.main);
  document.title = card.title;
  history.pushState(null, "", address);
  place = location.pathname;
  announce(...card.said);
  scrollTo(0, 0);
  card.main.querySelector("h1")?.focus({ preventScroll: true });
  return before;
}

async function fetchAhead() {
  const form = verdictOf(document);
  if (!form || fetching || nothingMore || ahead.length >= AHEAD) return;
  fetching = true;
  const asked = new URLSearchParams({ csrf: tokenOf(form) });
  for (const card of ahead) asked.append("after", verdictOf(card.main).dataset.task);
  try {
    const answer = await fetch(form.dataset.ahead, { method: "POST", body: asked });
    const card = answer.status === 200 ? cardOf(await answer.text()) : null;
    nothingMore = !card || !verdictOf(card.main);
    if (!nothingMore) ahead.push(card);
  } catch {
    nothingMore = true;
  } finally {
    fetching = false;
  }
  fetchAhead();
}

async function decide(form, button) {
  const sent = new URLSearchParams(new FormData(form, button));
  const next = ahead.shift(), upcoming = verdictOf(next.main), here = location.href;
  sent.set("shown", upcoming.dataset.task);
  const calm = new Promise((done) => setTimeout(done, CALM_MS));
  const before = show(next, upcoming.getAttribute("action").replace("/verdict", ""));
  arriveCard();
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent });
    const text = await answer.text();
    if (answer.redirected) return location.assign(answer.url);
    if (answer.ok) {
      localStorage.removeItem(DRAFT + form.dataset.draft);
      announce(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    } else {
      ahead.unshift(next);
      show(cardOf(text), here);
      arriveCard();
    }
  } catch {
    ahead.unshift(next);
    show(before, here);
    const words = document.createElement("p");
    words.textContent = form.dataset.unsent;
    announce(words);
  }
  nothingMore = false;
  await calm;
  busy = false;
  fetchAhead();
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const path = new URL(event.target.action).pathname;
  goesOn = path.startsWith("/tasks/") || path === "/undo"; // they lead to a card: what is reserved stays reserved
  if (event.target.id !== "verdict" || !ahead.length) return;
  event.preventDefault();
  goesOn = false;
  decide(event.target, event.submitter);
});
window.addEventListener("pagehide", () => {
  const form = verdictOf(document);
  if (goesOn || !ahead.length || !form) return;
  const given = new URLSearchParams({ csrf: tokenOf(form) });
  for (const card of ahead.splice(0)) given.append("task", verdictOf(card.main).dataset.task);
  navigator.sendBeacon("/queue/leave", given);
});
window.addEventListener("popstate", () => {
  if (location.pathname !== place) location.reload(); // back to another card; a link within this one stays
});
(window.requestIdleCallback || setTimeout)(fetchAhead);
