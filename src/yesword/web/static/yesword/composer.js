// The buttons that put a field into the text: with a script at the cursor, without one at the end of the text. The way out
// is the last thing that a text says.

"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-inserts]");
  const text = document.querySelector("[data-composes]");
  if (!button || !text) return;
  event.preventDefault();
  const isLast = "atEnd" in button.dataset;
  const gap = isLast && /\S$/.test(text.value) ? " " : "";
  const field = gap + button.dataset.inserts;
  const at = isLast ? text.value.length : text.selectionStart;
  text.setRangeText(field, at, isLast ? at : text.selectionEnd, "end");
  text.focus();
  // The words for when it is not known are the writer's: select them, so that typing replaces them.
  const words = field.indexOf("…");
  if (words >= 0) text.setSelectionRange(at + words, at + words + 1);
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
