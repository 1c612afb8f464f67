// Comforts on top of pages that work without them: dialogs that open in place, copying, toasts, a handset that scrolls.

"use strict";

function openDialog(link, event) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog || typeof dialog.showModal !== "function") return;
  event.preventDefault();
  dialog.showModal();
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copies).textContent;
  const word = button.querySelector("[data-word]");
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
    return;
  }
  const before = word.textContent;
  word.textContent = button.dataset.done;
  setTimeout(() => (word.textContent = before), 2000);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link) openDialog(link, event);
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
  }
  const copier = event.target.closest("[data-copies]");
  if (copier) copy(copier);
  const dismisser = event.target.closest("[data-dismisses]");
  if (dismisser) dismisser.closest("li")?.remove();
  for (const sheet of document.querySelectorAll("details.more[open]")) {
    if (!sheet.contains(event.target)) sheet.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const sheet = document.querySelector("details.more[open]");
    if (sheet) {
      sheet.open = false;
      sheet.querySelector("summary").focus();
    }
  }
  // In a handset, Enter sends and Shift+Enter breaks the line, as on a telephone's keyboard.
  const typing = event.target.closest?.(".handset-type textarea");
  if (typing && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    typing.form.requestSubmit();
  }
});

function settle(root) {
  for (const button of root.querySelectorAll("[data-copies][hidden]")) button.hidden = false;
  for (const screen of root.querySelectorAll(".handset-screen")) screen.scrollTop = screen.scrollHeight;
}

// What lands in the log out of sight is also shown for a while; the log keeps it.
const log = document.getElementById("log");

function showToasts(toasts) {
  const unseen = toasts.filter((toast) => {
    const place = toast.getBoundingClientRect();
    return place.top < 0 || place.bottom > innerHeight;
  });
  if (!unseen.length) return;
  const shown = document.createElement("div");
  shown.className = "toast-copies";
  shown.setAttribute("aria-hidden", "true");
  for (const toast of unseen) {
    const copy = document.createElement("div");
    copy.className = toast.className;
    copy.append(...[...toast.children].filter((child) => child.tagName !== "BUTTON").map((child) => child.cloneNode(true)));
    shown.append(copy);
  }
  document.body.append(shown);
  setTimeout(() => shown.remove(), 6000);
}

if (log) {
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    showToasts(added.filter((node) => node instanceof HTMLElement && node.matches(".toast")));
  }).observe(log, { childList: true, subtree: true });
  // A page may open further down, at the thing that was worked on.
  addEventListener("load", () => setTimeout(() => showToasts([...log.querySelectorAll(".toast")])));
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches?.(".handset-type")) event.target.reset();
});

settle(document);
document.addEventListener("htmx:afterSettle", (event) => settle(event.target.parentElement ?? document));
// A page that answers 4xx to a form says what to correct: show it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
