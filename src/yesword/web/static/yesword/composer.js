// The buttons that put a field into the text: with a script at the cursor, without one at the end of the text.

"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-inserts]");
  const text = document.querySelector("[data-composes]");
  if (!button || !text) return;
  event.preventDefault();
  const field = button.dataset.inserts;
  const at = text.selectionStart;
  text.setRangeText(field, at, text.selectionEnd, "end");
  text.focus();
  // The words for when it is not known are the writer's: select them, so that typing replaces them.
  const words = field.indexOf("…");
  if (words >= 0) text.setSelectionRange(at + words, at + words + 1);
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
