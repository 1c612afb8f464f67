// Comforts of the form, which works without them: the number is looked at while it is typed, and how the wording stood
// on the screen is told along when somebody agrees. The device is told too, and forgotten where the law says so.

"use strict";

const form = document.querySelector("form[data-check]");
const field = document.getElementById("number");
const country = document.getElementById("country");
const said = document.getElementById("number-said");
let waiting = 0;

async function check() {
  const typed = field.value.trim();
  if (typed.replace(/\D/g, "").length < 6) {
    said.textContent = "";
    return;
  }
  const body = new URLSearchParams({ number: typed, country: country?.value ?? "" });
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "omit" });
    const words = answer.status === 200 || answer.status === 422 ? await answer.text() : "";
    if (field.value.trim() !== typed) return;
    said.textContent = words;
    field.toggleAttribute("data-good", answer.status === 200);
    if (answer.status === 200) field.removeAttribute("aria-invalid");
  } catch {
    said.textContent = "";
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(check, 500);
}

if (form) {
  const probe = watchPresentation({
    form,
    field,
    words: document.getElementById("disclosure"),
    box: document.getElementById("agree") ?? document.getElementById("specific"),
    button: document.getElementById("send"),
    url: location.href.split("#")[0],
  });
  field.addEventListener("input", later);
  country?.addEventListener("change", check);
  form.addEventListener("submit", () => {
    const told = probe();
    if (told) form.elements.probe.value = JSON.stringify(told);
  });
  document.getElementById("notice")?.scrollIntoView({ block: "nearest" });
}
