// Keys, drafts and the help overlay of Zorya's review app. Everything works without it, by mouse and Tab.
"use strict";

const FIELDS = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const OWN_ENTER = "a, button, summary, select, textarea, input:not([type=radio]):not([type=checkbox])";
let busy = false;

// On a Latin layout the letter counts (AZERTY, QWERTZ); on any other the place of the key does.
function codeOf(event) {
  if (/^[a-z]$/i.test(event.key)) return "Key" + event.key.toUpperCase();
  return event.code.replace("Numpad", "Digit").replace(/^DigitEnter$/, "Enter");
}

function press(code) {
  const target = document.querySelector(`[data-code="${CSS.escape(code)}"]`);
  if (!target || target.disabled) return false;
  if (target.matches("textarea")) target.focus();
  else target.click();
  return true;
}

function submitVerdict() {
  const form = document.getElementById("verdict");
  if (!form) return false;
  form.requestSubmit(document.getElementById("submit"));
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
  const code = codeOf(event);
  const isSingle = !event.ctrlKey && !event.metaKey && !event.altKey;
  const inField = event.target.matches(FIELDS);
  if (document.querySelector("dialog[open]")) return;
  if (inField) {
    if (event.key === "Escape") event.target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.id === "verdict" && submitVerdict()) event.preventDefault();
    return;
  }
  if (code === "KeyZ" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    if (press("Backspace")) event.preventDefault();
    return;
  }
  if (!isSingle || document.body.dataset.keys !== "on") return;
  if (handled(event, code)) event.preventDefault();
}

function handled(event, code) {
  if (event.key === "?" || (code === "Slash" && event.shiftKey)) return openKeys();
  if (code === "Enter") return !event.target.matches(OWN_ENTER) && submitVerdict();
  if (event.shiftKey) return /^Digit[1-3]$/.test(code) && press("Shift+" + code);
  return press(code);
}

function openKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog || !dialog.showModal) return false;
  dialog.showModal();
  return true;
}

// A draft lives in this tab only, and goes when the verdict is sent.
function keepDraft(form) {
  const key = "draft:" + form.dataset.draft;
  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
  const saved = JSON.parse(sessionStorage.getItem(key) || "null");
  const untouched = fields().every((field) => (field.matches("[type=radio],[type=checkbox]") ? !field.checked : !field.value));
  if (saved && untouched) {
    for (const field of fields()) {
      if (field.matches("[type=radio],[type=checkbox]")) field.checked = saved.includes(field.name + "=" + field.value);
      else field.value = (saved.find((pair) => pair.startsWith(field.name + "=")) || "").slice(field.name.length + 1);
    }
  }
  const save = () => {
    const held = fields().filter((field) => !field.matches("[type=radio],[type=checkbox]") || field.checked);
    sessionStorage.setItem(key, JSON.stringify(held.map((field) => field.name + "=" + field.value)));
  };
  document.addEventListener("input", (event) => event.target.form === form && save());
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
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
  const opener = event.target.closest("[data-opens]");
  if (opener && openKeys()) event.preventDefault();
});
const form = document.getElementById("verdict");
if (form) keepDraft(form);
