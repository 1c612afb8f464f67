"""Check a Yesword receipt without believing anybody: not the file, not the business, not Yesword.

    python verify_yesword.py RECEIPT [--vkey KEYS]

Read this file before you run it; it is meant to be read. It takes nothing from Yesword, opens nothing
but RECEIPT and KEYS, and needs Python 3.10 or later and the package "cryptography", for one kind of
signature. KEYS are all public keys that the log has had (NAME+ID+KEY, one a line), or a file of them.
Get them from a source that you trust: never from whoever gave you RECEIPT.

Exits 0 when everything that was looked at held (with --vkey: when the receipt is proven), 1 when
something failed (with --vkey: or is not proven), 2 when the receipt or a key cannot be read.
"""
# ruff: noqa: T201  (it runs alone, and prints what it found)

import argparse
import base64
import json
import re
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Receipt = dict[str, Any]
Key = tuple[str, bytes, bytes]  # the log's name, the id of its key, the key itself

PARTS = ("event", "subject", "context", "notice", "evidence", "terms")
TLOG = "c2sp.org/tlog-proof@v1"
MAX = {"origin": 512, "event_id": 512, "entry": 131_070, "leaf_hash": 64}  # characters
MEMBERS = {"yesword_receipt", "disclosures", "proof", *MAX}
RECORD = re.compile(rb'\{"_sd":\[("[\w-]{43}"(?:,"[\w-]{43}"){5})\],"_sd_alg":"sha-256","v":1\}')
FIELDS = "event.type event.occurred_at event.received_at event.program event.method subject.phone notice.lang notice.text"
MEANS = {
    "PROVEN": "the log holds this record, and everything shown here is in it.",
    "CONSISTENT": "but not proven. Nothing contradicts itself; what is open above, whoever made the file up could hide.",
    "FAILED": "do not rely on this receipt.",
}
LIMITS = "No receipt shows that nothing was withdrawn later, whose the number was, or that the business recorded the truth."
NAME = re.compile(r"[^\s+\x00-\x1f]+")
COUNT = re.compile("0|[1-9][0-9]{0,18}")


class OpenError(Exception):
    """Nothing is false, and nothing is shown either."""


def must(holds: object, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def strict_json(text: str) -> Any:
    """JSON; but what two readers could understand differently is refused, as everywhere here, by a ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        must(len(dict(pairs)) == len(pairs), "a key is there twice")
        return dict(pairs)

    def whole(number: str) -> int:
        must(re.fullmatch("-?[0-9]+", number) and abs(int(number)) < 2**53, "a number is not whole, or huge")
        return int(number)

    value = json.loads(text, object_pairs_hook=once, parse_int=whole, parse_float=whole, parse_constant=whole)
    json.dumps(value, ensure_ascii=False).encode()  # refuses half of a surrogate pair
    return value


def from_base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    must(base64.b64encode(data).decode() == text, "base64 has a second spelling")
    return data


def from_base64url(text: str) -> bytes:
    must(not set("+/=") & set(text), "something is not base64url")
    return from_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def read_receipt(data: bytes) -> Receipt:
    """Two forms hold the same: JSON, and a tlog-proof that has all but the proof in its `extra` line."""
    must(len(data) <= 2**21, "it is larger than 2 MiB")
    text = data.decode()
    first, _, after = text.partition("\n")
    if first == TLOG:
        extra, _, rest = after.partition("\n")
        must(extra[:6] == "extra " != rest[:6], "it is a proof without one extra line that holds a receipt")
        receipt = strict_json(from_base64(extra[6:]).decode())
        must(isinstance(receipt, dict) and "proof" not in receipt, "its extra line does not hold a receipt")
        receipt["proof"] = f"{TLOG}\n{rest}"
    else:
        receipt = strict_json(text)
    must(isinstance(receipt, dict) and receipt.keys() == MEMBERS, "its members are not those of a receipt")
    must(receipt["yesword_receipt"] is not True and receipt["yesword_receipt"] == 1, "its version is not 1")
    parts = receipt["disclosures"]
    must(isinstance(parts, list) and len(parts) <= len(PARTS), "its disclosures are no list of at most six")
    sized = [(receipt[name], longest) for name, longest in MAX.items()] + [(part, 2**20) for part in parts]
    sized += [] if receipt["proof"] is None else [(receipt["proof"], 2**18 + 2**16)]
    is_good = all(isinstance(text, str) and 0 < len(text) <= longest for text, longest in sized)
    must(is_good, "a member of it is not text, or empty, or too long")
    must(re.fullmatch("[0-9a-f]{64}", receipt["leaf_hash"]), "its leaf hash is not 64 hexadecimal digits")
    return {**receipt, "entry": from_base64url(receipt["entry"])}


def read_key(text: str) -> Key:
    """c2sp.org/signed-note. The key id is a hash of the rest, so that a slip in copying shows."""
    name, key_id, encoded = (*text.split("+", 2), "", "")[:3]
    typed = from_base64(encoded)  # one byte for the type, 1 for Ed25519, and the 32 of the key
    expected = sha256(name.encode() + b"\n" + typed).digest()[:4]
    is_good = NAME.fullmatch(name) and key_id == expected.hex() and typed[:1] == b"\x01" and len(typed) == 33
    must(is_good, "the key is not NAME+ID+KEY for Ed25519, or has a slip in it")
    return name, expected, typed[1:]


def read_keys(given: str) -> list[Key]:
    """The keys themselves, one a line, or what a file of that name holds: only keys have two plus signs."""
    text = given if given.count("+") > 1 else Path(given).read_text()
    keys = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        try:
            keys.append(read_key(line))
        except ValueError as error:
            raise ValueError(f"{error}: {line[:60]!r}") from None
    must(keys, "there is no key")
    return keys


def read_proof(text: str) -> tuple[int, list[bytes], str, int, bytes, bytes, list[Key]]:
    """c2sp.org/tlog-proof: a place and a path; and in it c2sp.org/tlog-checkpoint: a log's head, and signatures."""
    head, _, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        from_base64(lines.pop(0)[6:])
    must(first == TLOG and lines and lines[0][:6] == "index ", "The proof is not in the right form.")
    index, path = lines[0][6:], [from_base64(line) for line in lines[1:]]
    must(len(path) <= 63 and all(len(item) == 32 for item in path), "The path is not at most 63 hashes.")
    is_clean = all(char >= " " or char == "\n" for char in note) and len(note) <= 2**18
    signed, _, block = note.rpartition("\n\n")
    must(is_clean and signed.count("\n") == 2 and block.endswith("\n"), "The checkpoint is not in form.")
    log, size, root = signed.split("\n")
    must(COUNT.fullmatch(index) and COUNT.fullmatch(size) and int(size) < 2**63, "A count is not in form.")
    must(NAME.fullmatch(log) and len(from_base64(root)) == 32, "The checkpoint has no name or no root.")
    signatures = []
    for line in block[:-1].split("\n"):
        dash, signer, encoded = (*line.split(" ", 2), "", "")[:3]
        data = from_base64(encoded)  # the id of the signer's key, and the signature
        must(dash == "\u2014" and NAME.fullmatch(signer) and len(data) > 4, "A signature is not in form.")
        signatures.append((signer, data[:4], data[4:]))
    return int(index), path, log, int(size), from_base64(root), f"{signed}\n".encode(), signatures


def look_at_parts(receipt: Receipt, shown: dict[str, Any]) -> str:
    """RFC 9901. The record is six digests; a part with its salt is the record's if it has one of those digests."""
    record = RECORD.fullmatch(receipt["entry"])
    digests = record[1].decode()[1:-1].split('","') if record else []
    must(digests and digests == sorted(set(digests)), "The record is not six different digests in order.")
    opened: dict[str, Any] = {}
    for text in receipt["disclosures"]:
        part = strict_json(from_base64url(text).decode())
        is_three = isinstance(part, list) and len(part) == 3 and isinstance(part[0], str) and part[1] in PARTS
        must(is_three and isinstance(part[2], dict | list), "A part is not a salt, a known name and a value.")
        salt, name, value = part
        must(len(from_base64url(salt)) == 32, "A part has a salt that is too short to hide it, or too long.")
        digest = base64.urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")
        must(digest in digests, f"The part {name} is foreign: the record does not commit to it.")
        must(name not in opened, f"The part {name} is there twice.")
        opened[name] = value
    shown.update(opened)  # not before all of them proved to be the record's
    return f"Every part that is shown belongs to the record, unchanged: {', '.join(shown) or 'none'}."


def look_at_inclusion(receipt: Receipt) -> str:
    """RFC 9162, 2.1.3.2: hashing upwards from the record, only the true path ends in the root that was signed."""
    index, path, log, size, root, _, _ = read_proof(receipt["proof"])
    must(log == receipt["origin"] and index < size, "The checkpoint is of another log, or of one too small.")
    node, last, computed = index, size - 1, sha256(b"\x00" + receipt["entry"]).digest()
    for sibling in path:
        must(last, "The path is too long.")
        if node & 1 or node == last:
            computed = sha256(b"\x01" + sibling + computed).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            computed = sha256(b"\x01" + computed + sibling).digest()
        node, last = node >> 1, last >> 1
    must(last == 0 and computed == root, "The path does not lead to the root of the checkpoint.")
    return f"The record is number {index + 1} of the {size} records under the checkpoint of the log {log}."


def look_at_signature(receipt: Receipt, keys: list[Key]) -> str:
    """Ed25519, by the log itself. Signatures of others, such as witnesses, are neither needed nor believed."""
    must(keys[0][0] == receipt["origin"], f"The key is of another log, {keys[0][0]}.")
    _, _, log, _, _, signed, signatures = read_proof(receipt["proof"])
    by_id = [(key_id, signature) for name, key_id, signature in signatures if name == keys[0][0]]
    must(log == keys[0][0] and by_id, "The checkpoint is not signed in the name of the log.")
    key = next((key for key in keys if key[1] in dict(by_id)), None)
    if key is None:
        other = f"The log's name stands beside another key, {by_id[0][0].hex()}, than those that you gave"
        raise OpenError(f"{other}. Ask for all keys that the log has had, from a source that you trust.")
    try:
        for signature in (signature for key_id, signature in by_id if key_id == key[1]):
            Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, signed)
    except InvalidSignature:
        raise ValueError("The signature is false: the checkpoint was changed, or forged.") from None
    return f"The checkpoint is signed by the key that you gave, {key[1].hex()}."


def look_at_all(receipt: Receipt, keys: list[Key]) -> tuple[str, dict[str, Any], dict[str, tuple[str, str]]]:
    """The verdict, the parts that are the record's, and how each thing came out: what does not hold raised ValueError."""
    shown: dict[str, Any] = {}
    found: dict[str, tuple[str, str]] = {}

    def look(what: str, sentence: Callable[..., str], *given: Any) -> None:
        try:
            found[what] = "held", sentence(receipt, *given)
        except OpenError as error:
            found[what] = "open", str(error)
        except (ValueError, RecursionError) as error:
            found[what] = "FAILED", str(error)

    look("disclosures", look_at_parts, shown)
    is_leaf = sha256(b"\x00" + receipt["entry"]).hexdigest() == receipt["leaf_hash"]
    found["leaf_hash"] = "held" if is_leaf else "FAILED", "The leaf hash has to be that of the record."
    found["event_id"] = "open", "The event is not shown, so its id was not compared."
    if "event" in shown:
        is_same = isinstance(shown["event"], dict) and shown["event"].get("id") == receipt["event_id"]
        found["event_id"] = "held" if is_same else "FAILED", "The event shown has to be that of the receipt."
    found["inclusion"] = "open", "Not proven: the receipt was made before the log took the event up."
    found["signature"] = "open", "Not proven: that takes a proof in the receipt, and the log's keys (--vkey)."
    if receipt["proof"] is not None:
        look("inclusion", look_at_inclusion)
    ours = [key for key in keys if key[0] == receipt["origin"]]
    if keys and (receipt["proof"] is not None or not ours):
        look("signature", look_at_signature, ours or keys)
    is_failed = "FAILED" in [outcome for outcome, _ in found.values()]
    is_proven = all(outcome == "held" for outcome, _ in found.values())
    return "FAILED" if is_failed else "PROVEN" if is_proven else "CONSISTENT", shown, found


def plain(text: object) -> str:  # since a text from the file could steer the terminal
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in str(text))


def main() -> int:
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # for narrow terminals
    parser = argparse.ArgumentParser(description="Check a Yesword receipt without believing anybody.")
    parser.add_argument("receipt", type=Path)
    parser.add_argument("--vkey", metavar="KEYS", help="the log's public keys, or a file of them")
    given = parser.parse_args()
    try:
        keys = [] if given.vkey is None else read_keys(given.vkey)
        receipt = read_receipt(given.receipt.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        print("UNREADABLE:", plain(error), file=sys.stderr)
        return 2
    verdict, shown, found = look_at_all(receipt, keys)
    print(f"Receipt for event {plain(receipt['event_id'])}, log {plain(receipt['origin'])}\n")
    for part, name in (field.split(".") for field in FIELDS.split()):
        value = shown[part].get(name) if isinstance(shown.get(part), dict) else None
        if isinstance(value, str):  # the number stays masked: whoever may know it, knows it
            value = f"ends in {value[-2:]}" if name == "phone" else value
            lines = value.split("\n") if name == "text" else [value]
            print(f"  {name:<14}" + f"\n{'':<16}".join(plain(line) for line in lines))
    print("", *(f"  {how:<8}{what:<13}{plain(why)}" for what, (how, why) in found.items()), sep="\n")
    print(f"\n{verdict}: {MEANS[verdict]}\n{LIMITS}")
    return 0 if verdict == "PROVEN" or (verdict == "CONSISTENT" and not keys) else 1


if __name__ == "__main__":
    sys.exit(main())
