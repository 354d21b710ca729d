// Drafts of verdicts, the reservation that runs out, and what a reader opens or hides. Needs zorya.js.
"use strict";

const DRAFT = "draft:";
const DRAFT_MS = 24 * 3600 * 1000;
const WARN_MS = 120 * 1000;
const CHOSEN = "[type=radio],[type=checkbox]";

// A draft is of one person and one task, in this browser. It goes once the server says that the verdict is stored,
// when its person logs out, and after a day: a shared machine keeps no notes.
function keepDraft(form) {
  const key = DRAFT + form.dataset.draft;
  const fields = () => [...form.elements].filter((field) => field.name && !field.matches("[type=hidden],button"));
  const saved = readDraft(key);
  if (saved) {
    for (const field of fields()) {
      if (field.matches(CHOSEN)) field.checked = saved.fields.includes(field.name + "=" + field.value);
      else field.value = (saved.fields.find((pair) => pair.startsWith(field.name + "=")) || "").slice(field.name.length + 1);
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.form !== form || !form.isConnected) return;
    const held = fields().filter((field) => !field.matches(CHOSEN) || field.checked);
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: held.map((field) => field.name + "=" + field.value) }));
  });
}

function readDraft(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function dropDrafts(goes) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT) && goes(key)) localStorage.removeItem(key);
}

// The server says how many seconds are left by its own clock; the browser only counts them down.
function watchLease(lease) {
  const ends = performance.now() + Number(lease.dataset.secondsLeft) * 1000;
  const told = new Set();
  const look = () => {
    if (!lease.isConnected) return;
    const left = ends - performance.now();
    const which = left <= 0 ? "ended" : left <= WARN_MS ? "warns" : "";
    if (which && !told.has(which)) {
      told.add(which);
      const words = document.createElement("p");
      words.textContent = lease.dataset[which];
      announce(words);
    }
    if (left > 0) setTimeout(look, left > WARN_MS ? left - WARN_MS : left);
  };
  look();
  document.addEventListener("visibilitychange", look);
}

// What a reader opened stays open on the next ad: Latin letters, the quiet view.
function quiet(on) {
  document.body.toggleAttribute("data-zen", on);
  document.getElementById("zen").setAttribute("aria-pressed", String(on));
  localStorage.setItem("zen", on ? "on" : "");
}

// The translation stands beside the original and goes again; without this script its link leads to a page of its own.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-translates]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const place = link.parentElement.nextElementSibling;
  if (link.hasAttribute("aria-busy")) return;
  if (place.firstChild) return place.replaceChildren();
  link.setAttribute("aria-busy", "true");
  try {
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    const found = page.getElementById("translated");
    if (found) place.replaceChildren(found);
    else location.href = link.href;
  } catch {
    location.href = link.href;
  }
  link.removeAttribute("aria-busy");
});

// Whatever belongs to the card that stands there; a card that is put in its place begins anew.
function arriveCard() {
  for (const kept of document.querySelectorAll("details[data-keeps]")) {
    const chosen = localStorage.getItem(kept.dataset.keeps);
    if (chosen !== null) kept.open = chosen === "open";
    kept.firstElementChild.addEventListener("click", () => localStorage.setItem(kept.dataset.keeps, kept.open ? "" : "open"));
  }
  const zen = document.getElementById("zen");
  if (zen) {
    zen.hidden = false;
    zen.addEventListener("click", () => quiet(!document.body.hasAttribute("data-zen")));
    quiet(localStorage.getItem("zen") === "on");
  }
  const verdictForm = document.querySelector("form[data-draft]");
  if (verdictForm) keepDraft(verdictForm);
  const lease = document.getElementById("lease");
  if (lease) watchLease(lease);
}

dropDrafts((key) => !(Date.now() - readDraft(key)?.at < DRAFT_MS));
localStorage.removeItem(DRAFT + document.body.dataset.saved);
document.addEventListener("submit", (event) => {
  if (event.target.matches("[action='/logout']")) dropDrafts(() => true);
});
arriveCard();
