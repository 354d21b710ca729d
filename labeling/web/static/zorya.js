// Keys and the help overlay of Zorya's review app. Everything works without it, by mouse and Tab.
"use strict";

const FIELDS = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const PRESSES_ITSELF = { Enter: "a, button, summary", Space: "button, summary, input" };
const SIGNS = { "!": "Shift+Digit1", "?": "Shift+Slash", "/": "Slash", ",": "Comma", ".": "Period" };
const SECOND_KEY_MS = 1500;
let busy = false;
let first = { place: "", at: 0 };

// On a Latin layout the letter counts (AZERTY, QWERTZ); on any other the place of the key does.
function placeOf(event) {
  if (/^[a-z]$/i.test(event.key)) return (event.shiftKey ? "Shift+" : "") + "Key" + event.key.toUpperCase();
  if (/^[0-9]$/.test(event.key)) return "Digit" + event.key;
  if (SIGNS[event.key]) return SIGNS[event.key];
  const place = event.code === "NumpadEnter" ? "Enter" : event.code.replace("Numpad", "Digit");
  return (event.shiftKey ? "Shift+" : "") + place;
}

function press(place) {
  const targets = [...document.querySelectorAll(`[data-code="${CSS.escape(place)}"]`)];
  const target = targets.find((each) => !each.disabled && (each.checkVisibility() || each.closest("#keys")));
  if (!target) return false;
  if (target.matches("textarea")) target.focus();
  else target.click();
  if (target.matches("summary")) target.parentElement.querySelector("input:not([type=hidden]), form button")?.focus();
  return true;
}

// Two keys one after the other (`G`, then `Q`): the first waits for the second, and does nothing alone.
function pressed(event, place) {
  const both = event.timeStamp - first.at < SECOND_KEY_MS ? `${first.place} ${place}` : "";
  first = { place: "", at: 0 };
  if (both && press(both)) return true;
  if (!document.querySelector(`[data-code^="${CSS.escape(place)} "]`)) return press(place);
  first = { place, at: event.timeStamp };
  return true;
}

function submitForm(form) {
  if (form?.id !== "verdict") return false;
  form.requestSubmit(document.getElementById("submit"));
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
  if (["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key) || document.querySelector("dialog[open]")) return;
  const withControl = event.ctrlKey || event.metaKey;
  const place = placeOf(event);
  if (event.target.matches(FIELDS)) {
    if (event.key === "Escape") event.target.blur();
    if (place === "Enter" && withControl && submitForm(event.target.form)) event.preventDefault();
    return;
  }
  if (place === "KeyZ" && withControl && !event.altKey) {
    if (press(document.body.dataset.undo)) event.preventDefault();
    return;
  }
  if (withControl || event.altKey || document.body.dataset.keys !== "on") return;
  if (PRESSES_ITSELF[place] && event.target.matches(PRESSES_ITSELF[place])) return;
  if (pressed(event, place)) event.preventDefault();
}

function openKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog || !dialog.showModal) return false;
  dialog.showModal();
  return true;
}

// A region that is there from the start is not read out: what it says is put in once the page has settled.
function announce(...nodes) {
  const region = document.getElementById("said");
  region.replaceChildren();
  setTimeout(() => region.replaceChildren(...nodes), 100);
}

// One press, one request: a second Enter before the next page must not decide on it.
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  if (busy) event.preventDefault();
  busy = true;
  const waits = event.target.querySelector("[data-while]");
  if (waits) waits.textContent = waits.dataset.while;
});
window.addEventListener("pageshow", () => {
  busy = false;
  for (const waits of document.querySelectorAll("[data-while]")) waits.textContent = "";
});
document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-opens]") && openKeys()) event.preventDefault();
});
const told = document.getElementById("said");
if (told?.childElementCount) announce(...told.childNodes);
