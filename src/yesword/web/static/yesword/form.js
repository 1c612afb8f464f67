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

// --- what stands on the screen ---

const words = document.getElementById("disclosure");
const box = document.getElementById("agree");
const button = document.getElementById("send");
const began = performance.now();
let seen = 0;
let since = 0;
let covered = false;
let trusted = true;
let pasted = false;
let focused = document.hasFocus();
let digest = "";

// Any colour of CSS as red, green, blue and how opaque.
function colourOf(css) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = css;
  pen.fillRect(0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data];
}

const hex = (parts) => "#" + parts.map((each) => each.toString(16).padStart(2, "0")).join("");

function behind(element) {
  for (let each = element; each; each = each.parentElement) {
    const found = colourOf(getComputedStyle(each).backgroundColor);
    if (found[3] === 255) return found.slice(0, 3);
  }
  return [255, 255, 255];
}

function opacityOf(element) {
  let product = 1;
  for (let each = element; each; each = each.parentElement) product *= Number(getComputedStyle(each).opacity);
  return product;
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function lookAtWords() {
  const place = words.getBoundingClientRect();
  const on = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
  covered = on !== null && !on.closest("label")?.contains(words);
}

function probe() {
  const style = getComputedStyle(words);
  const front = colourOf(style.color);
  const back = behind(words);
  const place = words.getBoundingClientRect();
  const send = button.getBoundingClientRect();
  const now = performance.now();
  const apart = Math.max(0, send.top - place.bottom, place.top - send.bottom);
  return {
    version: 1,
    form_version: form.dataset.version,
    nonce: form.dataset.nonce,
    url: location.href.split("#")[0],
    rendering: {
      text: words.textContent,
      sha256: digest,
      language: words.lang,
      font_tenths_px: Math.round(parseFloat(style.fontSize) * 10),
      colour: hex(front[3] === 255 ? front.slice(0, 3) : front),
      background: hex(back),
      contrast_hundredths: Math.floor(contrast(front.slice(0, 3), back) * 100),
      box: {
        x: Math.round(place.x + scrollX),
        y: Math.round(place.y + scrollY),
        width: Math.round(place.width),
        height: Math.round(place.height),
      },
      visible_ms: Math.round(seen + (since ? now - since : 0)),
      is_covered: covered,
      opacity_percent: Math.round(opacityOf(words) * 100),
      display: style.display,
      button_distance_px: Math.round(apart),
    },
    click: { was_ticked: box.defaultChecked, is_trusted: trusted },
    device: {
      viewport_width: innerWidth,
      viewport_height: innerHeight,
      pixel_ratio_percent: Math.round(devicePixelRatio * 100),
      page_ms: Math.round(now - began),
      had_focus: focused,
      was_pasted: pasted,
      was_autofilled: field.matches(":autofill"),
    },
  };
}

async function watch() {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words.textContent));
  digest = hex([...new Uint8Array(bytes)]).slice(1);
  new IntersectionObserver(
    ([change]) => {
      const now = performance.now();
      if (since) seen += now - since;
      since = change.intersectionRatio > 0.99 ? now : 0;
      if (since) lookAtWords();
    },
    { threshold: [0, 0.995] },
  ).observe(words);
}

if (form) {
  field.addEventListener("input", later);
  field.addEventListener("paste", () => (pasted = true));
  country?.addEventListener("change", check);
  addEventListener("focus", () => (focused = true));
  box.addEventListener("click", (event) => {
    trusted &&= event.isTrusted;
    lookAtWords();
  });
  button.addEventListener("click", (event) => (trusted &&= event.isTrusted));
  form.addEventListener("submit", () => {
    if (digest && box.checked) form.elements.probe.value = JSON.stringify(probe());
  });
  // Without a safe connection browsers compute no digest; then the page says no more than it says without a script.
  if (crypto.subtle) watch();
  document.getElementById("notice")?.scrollIntoView({ block: "nearest" });
}
