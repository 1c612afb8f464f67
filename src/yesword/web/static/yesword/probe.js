// How the wording stands on the screen when somebody agrees: its letters, colours, place and time in view, and whether a
// hand ticked the box. For pages of our own and for what stands within a shadow root on another's. Nothing is sent here.

"use strict";

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

// An element and all that it is in, out of a shadow root too.
function* around(element) {
  for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) yield each;
}

function behind(element) {
  for (const each of around(element)) {
    const found = colourOf(getComputedStyle(each).backgroundColor);
    if (found[3] === 255) return found.slice(0, 3);
  }
  return [255, 255, 255];
}

function opacityOf(element) {
  let product = 1;
  for (const each of around(element)) product *= Number(getComputedStyle(each).opacity);
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

// Watch a form from now on. The answer tells what was seen, when it is asked; nothing where no digest can be computed, as
// without a safe connection.
function watchPresentation({ form, field, words, box, button, url }) {
  const root = words.getRootNode();
  const began = performance.now();
  let seen = 0;
  let since = 0;
  let covered = false;
  let trusted = true;
  let pasted = false;
  let focused = document.hasFocus();
  let digest = "";
  if (!crypto.subtle) return () => null;

  function lookAtWords() {
    const place = words.getBoundingClientRect();
    const on = root.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
    covered = on !== null && !on.closest("label, legend")?.contains(words);
  }

  const bytes = new TextEncoder().encode(words.textContent);
  crypto.subtle.digest("SHA-256", bytes).then((found) => (digest = hex([...new Uint8Array(found)]).slice(1)));
  new IntersectionObserver(
    ([change]) => {
      const now = performance.now();
      if (since) seen += now - since;
      since = change.intersectionRatio > 0.99 ? now : 0;
      if (since) lookAtWords();
    },
    { threshold: [0, 0.995] },
  ).observe(words);
  field.addEventListener("paste", () => (pasted = true));
  addEventListener("focus", () => (focused = true));
  box.addEventListener("click", (event) => {
    trusted &&= event.isTrusted;
    lookAtWords();
  });
  button.addEventListener("click", (event) => (trusted &&= event.isTrusted));

  return () => {
    if (!digest || !box.checked) return null;
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
      url,
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
      // A tick that came back beside an error is the one that the person made before.
      click: { was_ticked: box.defaultChecked && !("ownTick" in form.dataset), is_trusted: trusted },
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
  };
}
