// Keys of the queue of replies, on top of forms that work without them. They can be switched off, and are silent while
// somebody types.

"use strict";

const OFF = "yesword-keys-off";
const VERBS = { c: "confirm", u: "undo", s: "stop", r: "answer", d: "done" };
const rows = () => [...document.querySelectorAll("[data-row]")];
const rowOf = (element) => element?.closest?.("[data-row]");

function isTyping(element) {
  return Boolean(element?.closest?.("input, textarea, select, dialog"));
}

function move(step) {
  const all = rows();
  const at = all.indexOf(rowOf(document.activeElement));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

// Who presses a key for what this text does not offer may go on typing: nothing of that is a command.
const PAUSE_MS = 1000;
let silentUntil = 0;

function act(row, verb) {
  const place = row.querySelector(`[data-verb="${verb}"]`);
  if (!place) {
    silentUntil = performance.now() + PAUSE_MS;
    return;
  }
  if (place instanceof HTMLDetailsElement) {
    place.open = true;
    place.querySelector("textarea").focus();
  } else {
    place.click();
  }
}

function pressed(event) {
  const row = rowOf(document.activeElement);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Arrows scroll, unless a text is chosen already.
  if (key === "j" || (key === "ArrowDown" && row)) move(1);
  else if (key === "k" || (key === "ArrowUp" && row)) move(-1);
  else if (key === "?") document.getElementById("keys").showModal();
  else if (row && VERBS[key]) act(row, VERBS[key]);
  else if (row && key === "o") row.querySelector("[data-opens]")?.click();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const form = event.target.closest?.(".queue-form[open]");
  if (event.key === "Escape" && form) {
    form.open = false;
    (rowOf(form) ?? form.querySelector("summary")).focus();
    return;
  }
  if (isTyping(event.target) || document.querySelector("dialog[open]") || localStorage.getItem(OFF)) return;
  if (performance.now() < silentUntil) {
    silentUntil = performance.now() + PAUSE_MS;
    return;
  }
  pressed(event);
});

// A form that opens is there to be typed in.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.(".queue-form[open]") && event.target.contains(document.activeElement)) {
      event.target.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
    }
  },
  true,
);

const box = document.getElementById("keys-on");
if (box) {
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  for (const opener of document.querySelectorAll(".queue-keys[hidden]")) opener.hidden = false;
}

// After an action the address names the row that followed.
const named = document.getElementById(location.hash.slice(1));
if (named?.matches("[data-row]") && !document.querySelector("[autofocus]")) named.focus();
