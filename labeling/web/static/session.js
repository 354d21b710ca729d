// Says in good time that the session is about to end. Without it the note stands on pages that are opened late.
"use strict";

const ending = document.getElementById("ending");
if (ending) {
  const left = Number(ending.dataset.left), warn = Number(ending.dataset.warn);
  setTimeout(() => { ending.hidden = false; }, Math.max(0, Math.min(left - warn, 86400)) * 1000);
}
