// The pop-up on somebody else's page. It sets no cookie, keeps one entry in that page's own storage, and asks nobody but
// the server that it came from. What it shows comes from there, too; `__STYLES__` stands for popup.css when it is served.

"use strict";

const DAY_MS = 86400000;
const TOUCH_S = 30; // where no pointer can leave the page

const script = document.currentScript;
const { point, source = "", preview = "" } = script.dataset;
const place = `yesword:${point}`;
const page = location.origin + location.pathname;
const language = script.dataset.lang || document.documentElement.lang;
const styles = new CSSStyleSheet();
styles.replaceSync(__STYLES__);
// Where a page demands trusted types, what our own server wrote is.
const html = (window[Symbol.for("yesword")] ??= makePolicy());
let isOpen = false;

function makePolicy() {
  const rules = { createHTML: (text) => text };
  return window.trustedTypes?.createPolicy("yesword", rules) ?? rules;
}

// --- what is kept on the page's own side ---

function kept() {
  try {
    return JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {
    return {};
  }
}

function keep(changes) {
  if (preview) return;
  try {
    localStorage.setItem(place, JSON.stringify({ ...kept(), ...changes }));
  } catch {
    // Without storage it is as if they had come for the first time.
  }
}

function rests({ every_days: days, most_closes: most }) {
  const { seen = 0, closed = 0 } = kept();
  return closed >= most || Date.now() - seen < days * DAY_MS;
}

// --- what the server says ---

async function ask(path, body) {
  const given = new URLSearchParams(body);
  for (const [name, value] of Object.entries({ lang: language, page, s: source })) given.set(name, value);
  const address = new URL(`${point}/${path}`, script.src);
  const answer = await fetch(address, { method: "POST", body: given, credentials: "omit" });
  if (answer.status >= 400 && answer.status !== 422) throw new Error(answer.statusText);
  return answer.json();
}

// Who looks: a token that the site's own server signed, or the page's own word for it.
async function visitor() {
  const told = window.yesword?.visitor ?? script.dataset.visitor;
  return String((typeof told === "function" ? await told(point) : told) ?? "");
}

// --- the dialog ---

// `on`: the element that asked for it, if one did. A link leads to the page that asks the same, where nothing is shown.
async function open(on) {
  if (isOpen) return;
  isOpen = true;
  let said = { show: false };
  try {
    const who = preview ? "" : await visitor();
    if (preview) said = await (await fetch(preview)).json();
    else if (who !== "member") said = await ask("ask", { who });
  } catch {
    // A page without the pop-up is still a page.
  }
  if (said.show) return show(said, Boolean(on));
  isOpen = false;
  if (on?.href) location.assign(on.href);
}

function show(said, isAsked) {
  const host = document.createElement("div");
  host.dataset.yeswordHost = point;
  const root = host.attachShadow({ mode: "open" });
  const own = new CSSStyleSheet();
  own.replaceSync(said.style);
  root.adoptedStyleSheets = [styles, own];
  const dialog = document.createElement("dialog");
  dialog.className = `popup ${said.theme} ${said.position}`;
  dialog.lang = said.language;
  dialog.dir = said.direction;
  dialog.setAttribute("aria-labelledby", "title");
  const aloud = document.createElement("p");
  aloud.className = "said";
  aloud.setAttribute("role", "status");
  aloud.lang = said.language;
  root.append(dialog, aloud);
  document.body.append(host);

  const before = document.activeElement;
  // What somebody asked for, and what covers the page, takes the focus; what slides in beside it only says that it is there.
  const isModal = isAsked || said.position === "centre";
  let isDone = false;

  const escape = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) dialog.close();
  };
  dialog.addEventListener("close", () => {
    removeEventListener("keydown", escape);
    host.remove();
    isOpen = false;
    if (!isDone) keep({ closed: (kept().closed ?? 0) + 1 });
    if (isModal || root.activeElement) before?.focus?.();
  });
  dialog.addEventListener("click", (event) => {
    const on = event.target.closest("[data-close], a[href^='#'], a[href^='sms:']");
    if (event.target === dialog && isModal && isBeside(dialog, event)) dialog.close();
    if (!on) return;
    const href = on.getAttribute("href");
    if (!href) dialog.close();
    else if (href[0] === "#") {
      event.preventDefault();
      dialog.querySelector(href)?.focus();
    } else {
      isDone = true;
      keep({ yes: Date.now() });
    }
  });
  dialog.addEventListener("keydown", (event) => event.key === "Tab" && isModal && turn(event, dialog, root));

  fill(dialog, said.html, said.who, (done) => {
    isDone ||= done;
    if (done) keep({ yes: Date.now() });
  });
  if (isModal) {
    dialog.showModal();
    dialog.querySelector("#title").focus();
  } else {
    dialog.setAttribute("open", ""); // `show()` would take the focus
    addEventListener("keydown", escape);
    aloud.textContent = dialog.querySelector("#title").textContent;
  }
  keep({ seen: Date.now() });
}

function isBeside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

// Tab goes round within the dialog.
function turn(event, dialog, root) {
  const all = [...dialog.querySelectorAll("button, a[href], input, select")].filter(
    (each) => each.tabIndex >= 0 && each.type !== "hidden" && each.checkVisibility(),
  );
  const ends = [all[0], all.at(-1)];
  const [from, to] = event.shiftKey ? ends : ends.reverse();
  if (root.activeElement === from || (event.shiftKey && !all.includes(root.activeElement))) {
    event.preventDefault();
    to.focus();
  }
}

function fill(dialog, text, who, onAnswer) {
  dialog.innerHTML = html.createHTML(text);
  const form = dialog.querySelector("form");
  if (!form) return;
  const find = (id) => dialog.querySelector(`#${id}`);
  const failed = find("failed");
  const parts = { form, field: find("number"), words: find("disclosure"), box: find("agree"), button: find("send") };
  const probe = watchPresentation({ ...parts, url: page });
  let isSending = preview !== "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    failed.hidden = true;
    try {
      const told = probe();
      form.elements.probe.value = told ? JSON.stringify(told) : "";
      const body = new FormData(form);
      body.set("who", who);
      const said = await ask("send", body);
      fill(dialog, said.html, who, onAnswer);
      onAnswer(said.done);
      dialog.scrollTop = 0;
      (said.done ? find("title") : (dialog.querySelector("[autofocus]") ?? find("notice")))?.focus();
    } catch {
      failed.hidden = false;
      isSending = false;
    }
  });
}

// --- when it comes ---

const TRIGGERS = {
  delay: (after, go) => setTimeout(go, after * 1000),
  scroll(after, go) {
    const look = () => {
      const rest = document.documentElement.scrollHeight - innerHeight;
      if (rest > 0 && (scrollY / rest) * 100 < after) return;
      removeEventListener("scroll", look);
      go();
    };
    addEventListener("scroll", look, { passive: true });
  },
  exit(after, go) {
    if (!matchMedia("(hover: hover)").matches) return void setTimeout(go, (after || TOUCH_S) * 1000);
    const leave = (event) => {
      if (event.clientY > 0 || event.relatedTarget) return;
      document.removeEventListener("mouseout", leave);
      go();
    };
    document.addEventListener("mouseout", leave);
  },
  click: () => {},
};

async function wait() {
  const { yes, closed } = kept();
  if (yes || closed >= 10) return; // the server allows no more closes than ten
  const answer = await fetch(new URL(point, script.src), { credentials: "omit" });
  const options = await answer.json();
  if (options.open && !rests(options)) TRIGGERS[options.trigger](options.after, () => open());
}

document.addEventListener("click", (event) => {
  const on = event.target.closest?.("[data-yesword]");
  if (on?.dataset.yesword !== point) return;
  event.preventDefault();
  open(on);
});

if (preview) open();
else wait().catch(() => {});
