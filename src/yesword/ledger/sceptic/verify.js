// Checks a receipt in this page, with what the browser brings and nothing else: nothing is fetched, sent or kept.
// The steps are those of verify_yesword.py, under the same names. Text of the receipt gets in by textContent only.
"use strict";
(() => {
  const PARTS = ["event", "subject", "context", "notice", "evidence", "terms"];
  const TLOG = "c2sp.org/tlog-proof@v1";
  const LONGEST = { origin: 512, event_id: 512, entry: 131070, leaf_hash: 64 };
  const MEMBERS = ["yesword_receipt", "disclosures", "proof", ...Object.keys(LONGEST)];
  const RECORD = /^\{"_sd":\[("[\w-]{43}"(?:,"[\w-]{43}"){5})\],"_sd_alg":"sha-256","v":1\}$/;
  const NAME = /^[^\p{White_Space}+\x00-\x1f]+$/u;
  const COUNT = /^(?:0|[1-9][0-9]{0,18})$/;
  const MAX_BYTES = 2 ** 21;
  // The first test key of RFC 8032: to ask the browser whether it knows keys of this kind.
  const A_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  // `code` names a sentence among the page's words.
  class Failed extends Error {
    constructor(code, fields = {}) {
      super(code);
      this.fields = fields;
    }
  }

  function must(holds, code, fields) {
    if (!holds) throw new Failed(code, fields);
  }

  // --- Reading: whatever two readers could understand differently is refused. ---

  function strictJson(text) {
    const value = JSON.parse(text);
    let keys = 0;
    const walk = (part) => {
      if (typeof part === "number") must(Number.isSafeInteger(part), "malformed");
      if (typeof part === "string") must(!/\p{Cs}/u.test(part), "malformed");
      if (Array.isArray(part)) part.forEach(walk);
      else if (part !== null && typeof part === "object") {
        for (const key of Object.keys(part)) {
          keys += 1;
          walk(key);
          walk(part[key]);
        }
      }
    };
    walk(value);
    // The parser keeps the last of two equal keys and rounds fractions, so both are looked for in the text.
    let written = 0;
    const bare = text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (_, colon) => {
      if (colon) written += 1;
      return '""';
    });
    must(written === keys && !/[0-9][.eE]/.test(bare), "malformed");
    return value;
  }

  const bytesOf = (text) => new TextEncoder().encode(text);
  const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const binary = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const isSame = (one, other) => hex(one) === hex(other);

  function fromBase64(text) {
    const data = atob(text);
    must(btoa(data) === text, "malformed");
    return Uint8Array.from(data, (char) => char.charCodeAt(0));
  }

  function fromBase64url(text) {
    must(!/[+/=]/.test(text), "malformed");
    return fromBase64(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4));
  }

  const base64url = (bytes) => btoa(binary(bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function sha256(...pieces) {
    const data = Uint8Array.from(pieces.flatMap((piece) => Array.from(piece)));
    return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  }

  // Text is cut in two at the first, or the last, place of a mark.
  function cut(text, mark, at = text.indexOf(mark)) {
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
  }

  function readReceipt(bytes) {
    must(bytes.length <= MAX_BYTES, "malformed");
    const text = textOf(bytes);
    const [first, after] = cut(text, "\n");
    let receipt;
    if (first === TLOG) {
      const [extra, rest] = cut(after, "\n");
      must(extra.startsWith("extra ") && !rest.startsWith("extra "), "malformed");
      receipt = strictJson(textOf(fromBase64(extra.slice(6))));
      must(receipt !== null && typeof receipt === "object" && !Object.hasOwn(receipt, "proof"), "malformed");
      receipt.proof = `${TLOG}\n${rest}`;
    } else {
      receipt = strictJson(text);
    }
    must(receipt !== null && typeof receipt === "object" && !Array.isArray(receipt), "malformed");
    must(Object.keys(receipt).sort().join() === [...MEMBERS].sort().join(), "malformed");
    const { disclosures, proof } = receipt;
    must(receipt.yesword_receipt === 1, "malformed");
    must(Array.isArray(disclosures) && disclosures.length <= PARTS.length, "malformed");
    const sized = Object.entries(LONGEST).map(([name, longest]) => [receipt[name], longest]);
    sized.push(...disclosures.map((part) => [part, 2 ** 20]));
    if (proof !== null) sized.push([proof, 2 ** 18 + 2 ** 16]);
    for (const [value, longest] of sized) {
      must(typeof value === "string" && value.length > 0 && value.length <= longest, "malformed");
    }
    must(/^[0-9a-f]{64}$/.test(receipt.leaf_hash), "malformed");
    return { ...receipt, entry: fromBase64url(receipt.entry) };
  }

  async function readKey(text) {
    const [name, after] = cut(text, "+");
    const [id, encoded] = cut(after, "+");
    const typed = fromBase64(encoded);
    const expected = (await sha256(bytesOf(`${name}\n`), typed)).slice(0, 4);
    must(NAME.test(name) && id === hex(expected) && typed[0] === 1 && typed.length === 33, "malformed");
    return { name, id: expected, public: typed.slice(1) };
  }

  // One key a line. The line that is none goes along with the error.
  async function readKeys(text) {
    const keys = [];
    for (const [index, line] of text.split("\n").map((each) => each.trim()).entries()) {
      if (!line) continue;
      try {
        keys.push(await readKey(line));
      } catch {
        throw new Failed("key_malformed", { line: index + 1 });
      }
    }
    return keys;
  }

  function readProof(text) {
    const [head, note] = cut(text, "\n\n");
    const [first, ...lines] = head.split("\n");
    if (lines.length && lines[0].startsWith("extra ")) fromBase64(lines.shift().slice(6));
    must(first === TLOG && lines.length && lines[0].startsWith("index "), "malformed");
    const index = lines[0].slice(6);
    const path = lines.slice(1).map(fromBase64);
    must(path.length <= 63 && path.every((item) => item.length === 32), "malformed");
    must(!/[\x00-\x09\x0b-\x1f]/.test(note) && note.length <= 2 ** 18, "malformed");
    const [signed, block] = cut(note, "\n\n", note.lastIndexOf("\n\n"));
    const [log, size, root, ...more] = signed.split("\n");
    must(root !== undefined && more.length === 0 && block.endsWith("\n"), "malformed");
    must(COUNT.test(index) && COUNT.test(size) && BigInt(size) < 2n ** 63n, "malformed");
    must(NAME.test(log) && fromBase64(root).length === 32, "malformed");
    const signatures = block.slice(0, -1).split("\n").map((line) => {
      const [dash, after] = cut(line, " ");
      const [name, encoded] = cut(after, " ");
      const data = fromBase64(encoded);
      must(dash === "\u2014" && NAME.test(name) && data.length > 4, "malformed");
      return { name, id: data.slice(0, 4), signature: data.slice(4) };
    });
    return { index: BigInt(index), path, log, size: BigInt(size), root: fromBase64(root), signed: bytesOf(`${signed}\n`), signatures };
  }

  // --- Looking: each function gives the fields of a sentence that holds, or throws what does not. ---

  async function lookAtParts(receipt) {
    const record = RECORD.exec(binary(receipt.entry));
    const digests = record === null ? [] : record[1].slice(1, -1).split('","');
    must(digests.length && digests.join() === [...new Set(digests)].sort().join(), "disclosures_record");
    const shown = new Map();
    for (const text of receipt.disclosures) {
      const part = strictJson(textOf(fromBase64url(text)));
      must(Array.isArray(part) && part.length === 3 && PARTS.includes(part[1]), "disclosures_malformed");
      const [salt, name, value] = part;
      must(typeof salt === "string" && fromBase64url(salt).length === 32, "disclosures_malformed");
      must(value !== null && typeof value === "object", "disclosures_malformed");
      must(digests.includes(base64url(await sha256(bytesOf(text)))), "disclosures_foreign", { part: name });
      must(!shown.has(name), "disclosures_twice", { part: name });
      shown.set(name, value);
    }
    return shown;
  }

  // RFC 9162 section 2.1.3.2, with numbers that may be beyond what a double can hold.
  async function lookAtInclusion(receipt, proof) {
    must(proof.log === receipt.origin, "inclusion_other_log", { log: proof.log, origin: receipt.origin });
    must(proof.index < proof.size, "inclusion_path");
    let node = proof.index;
    let last = proof.size - 1n;
    let computed = await sha256([0], receipt.entry);
    for (const sibling of proof.path) {
      must(last !== 0n, "inclusion_path");
      if (node & 1n || node === last) {
        computed = await sha256([1], sibling, computed);
        while (node !== 0n && !(node & 1n)) {
          node >>= 1n;
          last >>= 1n;
        }
      } else {
        computed = await sha256([1], computed, sibling);
      }
      node >>= 1n;
      last >>= 1n;
    }
    must(last === 0n && isSame(computed, proof.root), "inclusion_path");
    return { number: String(proof.index + 1n), size: String(proof.size), log: proof.log };
  }

  const importKey = (raw) => crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);

  // What is neither held nor false: the finding stays open, with this sentence.
  class Open extends Failed {}

  async function lookAtSignature(proof, keys) {
    const log = keys[0].name;
    const named = proof.signatures.filter((each) => each.name === log);
    must(named.length && proof.log === log, "signature_unsigned", { log });
    const key = keys.find((each) => named.some((other) => isSame(each.id, other.id)));
    if (key === undefined) throw new Open("signature_other_key", { id: hex(named[0].id), log });
    const ours = named.filter((each) => isSame(each.id, key.id));
    let verifier = null;
    try {
      verifier = await importKey(key.public);
    } catch {
      throw new Failed("signature_forged");
    }
    for (const { signature } of ours) {
      must(await crypto.subtle.verify({ name: "Ed25519" }, verifier, signature, proof.signed), "signature_forged");
    }
    return { id: hex(key.id) };
  }

  async function hasEd25519() {
    try {
      await importKey(Uint8Array.from(A_KEY.match(/../g), (byte) => parseInt(byte, 16)));
      return true;
    } catch {
      return false;
    }
  }

  async function look(check, otherwise, question) {
    try {
      return { check, outcome: "held", code: `${check}_held`, fields: await question() };
    } catch (error) {
      // Whatever else goes wrong while looking is no proof either.
      const code = error instanceof Failed && error.message !== "malformed" ? error.message : otherwise;
      const outcome = error instanceof Open ? "open" : "failed";
      return { check, outcome, code, fields: error.fields ?? {} };
    }
  }

  const open = (check, code) => ({ check, outcome: "open", code, fields: {} });

  async function lookAtAll(receipt, keys) {
    let shown = new Map();
    const found = [];
    found.push(
      await look("disclosures", "disclosures_malformed", async () => {
        shown = await lookAtParts(receipt);
        return { parts: [...shown.keys()], closed: PARTS.length - shown.size };
      }),
    );
    found.push(
      await look("leaf_hash", "leaf_hash_failed", async () => {
        must(hex(await sha256([0], receipt.entry)) === receipt.leaf_hash, "leaf_hash_failed");
      }),
    );
    found.push(
      shown.has("event")
        ? await look("event_id", "event_id_failed", () => {
            const event = shown.get("event");
            must(!Array.isArray(event) && Object.hasOwn(event, "id") && event.id === receipt.event_id, "event_id_failed");
          })
        : open("event_id", "event_id_open"),
    );
    let proof = null;
    found.push(
      receipt.proof === null
        ? open("inclusion", "inclusion_open")
        : await look("inclusion", "inclusion_malformed", () => {
            proof = readProof(receipt.proof);
            return lookAtInclusion(receipt, proof);
          }),
    );
    const ours = keys.filter((each) => each.name === receipt.origin);
    if (keys.length && !ours.length) {
      const fields = { log: keys[0].name, origin: receipt.origin };
      found.push({ check: "signature", outcome: "failed", code: "signature_other_log", fields });
    } else if (!keys.length || receipt.proof === null) {
      found.push(open("signature", keys.length ? "signature_no_proof" : "signature_no_key"));
    } else if (!(await hasEd25519())) {
      found.push(open("signature", "signature_unsupported"));
    } else if (proof === null) {
      found.push(open("signature", "signature_no_proof"));
    } else {
      found.push(await look("signature", "signature_forged", () => lookAtSignature(proof, ours)));
    }
    const outcomes = Object.fromEntries(found.map((each) => [each.check, each.outcome]));
    const vouched = Object.values(outcomes).every((outcome) => outcome === "held");
    const isFailed = found.some((each) => each.outcome === "failed");
    return { verdict: isFailed ? "failed" : vouched ? "proven" : "consistent", shown, found };
  }

  // --- Telling. ---

  const byId = (id) => document.getElementById(id);
  const given = JSON.parse(byId("given").textContent);
  const words = JSON.parse(byId("words").textContent);
  const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

  let language = given.language;
  let source = null; // the bytes of the receipt, and the name of its file
  let isNumberShown = false;
  let isKeyTheirs = false; // the visitor typed the key, or says that they compared it
  let turn = 0; // a newer look overtakes a slower one

  function say(code, fields = {}) {
    return words[language][code].replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
  }

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#icon-${name}`);
    svg.append(use);
    return svg;
  }

  function moment(text) {
    const at = new Date(text);
    if (!UTC.test(text) || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 19) !== text.slice(0, 19)) return text;
    const place = language === "en" ? "en-GB" : language; // the rest of the world's order of a date
    const form = new Intl.DateTimeFormat(place, { dateStyle: "long", timeStyle: "medium", hourCycle: "h23", timeZone: "UTC" });
    return `${form.format(at)} UTC`;
  }

  function member(shown, part, name) {
    const value = shown.get(part);
    const found = value && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : "";
    return typeof found === "string" ? found : "";
  }

  const term = (kind, value) => (Object.hasOwn(words[language], `${kind}_${value}`) ? say(`${kind}_${value}`) : value);

  function numberField(number) {
    const text = element("span", "number", isNumberShown ? number : say("masked", { end: number.slice(-2) }));
    const button = element("button", "quiet", say(isNumberShown ? "hide_number" : "show_number"));
    button.type = "button";
    button.id = "number-toggle";
    button.addEventListener("click", () => {
      isNumberShown = !isNumberShown;
      render().then(() => byId("number-toggle")?.focus());
    });
    return [text, " ", button];
  }

  function renderConsent(shown) {
    const number = member(shown, "subject", "phone");
    const rows = [
      ["business", [member(shown, "terms", "controller")]],
      ["event", [term("event", member(shown, "event", "type"))]],
      ["time", [moment(member(shown, "event", "occurred_at"))]],
      ["recorded", [moment(member(shown, "event", "received_at"))]],
      ["program", [member(shown, "event", "program")]],
      ["method", [term("method", member(shown, "event", "method"))]],
      ["number", number ? numberField(number) : [""]],
    ].filter(([, content]) => content[0] !== "");
    byId("facts").replaceChildren(
      ...rows.map(([name, content]) => element("div", "", element("dt", "", say(`field_${name}`)), element("dd", "", ...content))),
    );
    const wording = member(shown, "notice", "text");
    const lang = member(shown, "notice", "lang");
    byId("wording").hidden = wording === "";
    byId("wording-text").textContent = wording;
    if (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(lang)) byId("wording-text").lang = lang;
    else byId("wording-text").removeAttribute("lang");
    const all = Object.fromEntries(shown);
    const mask = (_, value) => (number && value === number && !isNumberShown ? say("masked", { end: number.slice(-2) }) : value);
    byId("all-parts").textContent = JSON.stringify(all, mask, 2);
    byId("consent").hidden = shown.size === 0;
  }

  const ICONS = { held: "check", failed: "cross", open: "question", proven: "proof", given: "question", consistent: "question", unproven: "question", unreadable: "cross" };

  function sentenceOf(finding) {
    const fields = { ...finding.fields };
    if (fields.parts) fields.parts = fields.parts.map((part) => say(`part_${part}`)).join(", ") || say("part_none");
    if (fields.part) fields.part = say(`part_${fields.part}`);
    return say(finding.code, fields);
  }

  function renderChecks(found) {
    byId("checks").replaceChildren(
      ...found.map((finding) => {
        const word = element("span", "outcome", icon(ICONS[finding.outcome]), say(finding.outcome));
        const title = element("h3", "", say(`check_${finding.check}`));
        const item = element("li", finding.outcome, element("div", "check-head", title, word), element("p", "", sentenceOf(finding)));
        item.dataset.check = finding.check;
        item.dataset.outcome = finding.outcome;
        return item;
      }),
    );
  }

  // Why nothing is proven, though keys were given and nothing is false; null where that cannot be said.
  function whyUnproven(receipt, found) {
    const { inclusion, signature } = Object.fromEntries(found.map((each) => [each.check, each]));
    if (signature.code === "signature_other_key") return "other_key";
    if (receipt.proof === null) return "unproven";
    return inclusion.outcome === "held" && signature.outcome === "held" ? "unshown" : null;
  }

  function renderVerdict(verdict, means = verdict) {
    byId("verdict").className = `verdict ${verdict}`;
    byId("verdict").dataset.verdict = verdict;
    byId("verdict-icon").replaceChildren(icon(ICONS[verdict]));
    byId("verdict-word").textContent = say(`verdict_${verdict}`);
    byId("verdict-means").textContent = say(`means_${means}`);
    byId("source").textContent = source.name ? say("source_file", { name: source.name }) : say("source_given");
  }

  const hasGivenKeys = () => Boolean(given.vkey) && byId("key").value.includes(given.vkey);

  async function keysFromField() {
    const field = byId("key");
    const text = field.value.trim();
    let keys = [];
    let bad = null;
    try {
      keys = await readKeys(text);
    } catch (error) {
      bad = error;
    }
    const isBad = bad !== null;
    field.setAttribute("aria-invalid", String(isBad));
    byId("key-error").hidden = !isBad;
    byId("key-error").textContent = isBad ? say("key_malformed", bad.fields) : "";
    // Whoever made the page could have made the receipt, with a key of their own: it proves nothing until it was compared.
    const cameAlong = !isBad && hasGivenKeys() && !isKeyTheirs;
    byId("key-given").hidden = !cameAlong;
    byId("key-confirm").hidden = !cameAlong;
    return keys;
  }

  function renderWords() {
    document.documentElement.lang = language;
    document.title = say("title");
    for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
    byId("key").placeholder = "example.com/log+1a2b3c4d+AbCd…";
  }

  async function render() {
    turn += 1;
    const mine = turn;
    renderWords();
    const keys = await keysFromField();
    byId("result").hidden = source === null;
    byId("save").hidden = source === null || Boolean(source.name);
    if (source === null || mine !== turn) return;
    let receipt = null;
    try {
      receipt = readReceipt(source.bytes);
    } catch {
      byId("consent").hidden = true;
      byId("looked").hidden = true;
      renderVerdict("unreadable");
      return;
    }
    const { verdict, shown, found } = await lookAtAll(receipt, keys);
    if (mine !== turn) return;
    const why = verdict === "consistent" && keys.length ? whyUnproven(receipt, found) : null;
    byId("looked").hidden = false;
    renderConsent(shown);
    renderChecks(found);
    byId("ids").textContent = say("ids", { event: receipt.event_id, origin: receipt.origin });
    const isUncompared = verdict === "proven" && !byId("key-given").hidden;
    if (why !== null) renderVerdict("unproven", why);
    else renderVerdict(isUncompared ? "given" : verdict);
  }

  async function take(file) {
    if (!file) return;
    // One byte more than a receipt may have: enough to see that it has too many.
    source = { name: file.name, bytes: new Uint8Array(await file.slice(0, MAX_BYTES + 1).arrayBuffer()) };
    isNumberShown = false;
    await render();
  }

  function save() {
    const link = element("a");
    const isTlog = binary(source.bytes.slice(0, TLOG.length)) === TLOG;
    link.href = URL.createObjectURL(new Blob([source.bytes], { type: "application/octet-stream" }));
    link.download = isTlog ? "receipt.tlog-proof" : "receipt.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function start() {
    const picker = byId("language");
    for (const [code, texts] of Object.entries(words)) {
      const option = element("option", "", texts.name);
      option.value = code;
      option.lang = code;
      picker.append(option);
    }
    picker.value = language;
    picker.addEventListener("change", () => {
      language = picker.value;
      render();
    });
    byId("key").value = given.vkey ?? "";
    byId("key").rows = Math.max(2, (given.vkey ?? "").split("\n").length);
    byId("key").addEventListener("input", () => {
      // A key that is added to those of the page makes none of them the visitor's own.
      if (!hasGivenKeys()) isKeyTheirs = true;
      render();
    });
    byId("key-confirm").addEventListener("click", () => {
      isKeyTheirs = true;
      render().then(() => byId("key").focus());
    });
    byId("file").addEventListener("change", () => take(byId("file").files[0]));
    byId("save").addEventListener("click", save);
    addEventListener("dragover", (event) => {
      event.preventDefault();
      byId("drop").classList.add("over");
    });
    addEventListener("dragleave", () => byId("drop").classList.remove("over"));
    addEventListener("drop", (event) => {
      event.preventDefault();
      byId("drop").classList.remove("over");
      take(event.dataTransfer.files[0]);
    });
    if (given.receipt !== null) source = { name: "", bytes: fromBase64(given.receipt) };
    byId("no-script").remove();
    byId("page").hidden = false;
    if (!globalThis.crypto?.subtle) {
      renderWords();
      byId("no-crypto").hidden = false;
      byId("work").hidden = true;
      return;
    }
    render();
  }

  start();
})();
