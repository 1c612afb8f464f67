"""`yesword verify FILE`: check a receipt with nothing but the file, and the log's public key if one has it.

An evidence pack is told by its first bytes, and handed to `verify_pack`; a file of silence to `verify_silence`.

No store, no network, no Django. What the file says is untrusted: it is shown only when it was
proven to belong to the record, and never with characters that could steer a terminal.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Final

import click

from yesword.cli.believing import UNMET, Asked, note_of
from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import read_vkey
from yesword.ledger.entry import SectionValue
from yesword.ledger.packs import MAX_PACK_BYTES, is_archive
from yesword.ledger.policy import MAX_POLICY_CHARS, Policy, PolicyLog, read_policy
from yesword.ledger.receipt import MAX_RECEIPT_BYTES, Outcome, Receipt, ReceiptCheck, Verdict, read_receipt
from yesword.ledger.silence import MAX_SILENCE_BYTES, is_silence

EXIT_FAILED: Final = 1
EXIT_UNREADABLE: Final = 2

_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.PROVEN: "Proven: the log holds this record, and everything shown here is in it.",
    Verdict.CONSISTENT: "Consistent, not proven: nothing in this file contradicts itself, but only the log's own signature rules out that the file was made up.",
    Verdict.FAILED: "Failed: do not rely on this receipt.",
}
_UNPROVEN: Final = (
    "Not proven: a key was given to prove this receipt with, and the receipt has no proof to use it on."
)
_UTC: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")
_JOINER: Final = "\u200d"  # holds emoji together; the only invisible character that wordings need


@click.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--vkey",
    metavar="KEY",
    help="The log's public key (name+id+key), from a source that you trust. With it, only a proven receipt exits 0.",
)
@click.option(
    "--policy",
    type=click.File("rb"),
    help="The log's policy, from a source that you trust: its keys, and who has to have seen it. With it, only what is proven exits 0.",
)
@click.option(
    "--roots",
    type=click.File("rb"),
    help="Of an evidence pack: the root certificates (PEM) of the authority that made its timestamps.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    file: BinaryIO, vkey: str | None, policy: BinaryIO | None, roots: BinaryIO | None, *, as_json: bool
) -> None:
    """Check a receipt, a file of silence or an evidence pack FILE ("-" for standard input), offline.

    Exits 0 when everything that was checked held, 1 when something failed, 2 when FILE or what it is checked with cannot
    be read.
    """
    if vkey is not None and policy is not None:
        raise click.UsageError("Give --vkey or --policy, and not both.")
    data = file.read(MAX_RECEIPT_BYTES + 1)
    try:
        if is_archive(data):
            sys.exit(_verify_pack(data + file.read(MAX_PACK_BYTES), vkey, policy, roots, as_json=as_json))
        if roots is not None:
            raise click.UsageError("--roots is for evidence packs.")
        asked = _asked(vkey, policy)
        if is_silence(data):
            sys.exit(_verify_silence(data + file.read(MAX_SILENCE_BYTES), asked, as_json=as_json))
        receipt = read_receipt(data)
    except YeswordError as error:
        _complain(error, as_json=as_json)
        sys.exit(EXIT_UNREADABLE)
    note = note_of(receipt)
    key = None if asked is None else asked.key_for(receipt.origin, note)
    check = receipt.check(key)
    is_met = asked is None or asked.is_met(note)
    is_proven = check.verdict is Verdict.PROVEN and is_met
    is_good = is_proven or (check.verdict is Verdict.CONSISTENT and asked is None)
    remarks = [] if asked is None else list(asked.remarks(receipt.origin, note))
    if as_json:
        found = _as_object(receipt, check, is_good=is_good)
        if check.verdict is Verdict.PROVEN and not is_met:
            found["verdict"] = str(Verdict.CONSISTENT)
        click.echo(json.dumps({**found, "remarks": remarks}, indent=1))
    else:
        for line in _as_lines(receipt, check, remarks, is_asked=asked is not None, is_met=is_met):
            click.echo(line)
    if not is_good:
        sys.exit(EXIT_FAILED)


def _asked(vkey: str | None, policy: BinaryIO | None) -> Asked | None:
    """Whom to believe, as it was given. Raises BadKeyError, MalformedPolicyError."""
    if vkey is not None:
        return Asked(policy=Policy(logs=(PolicyLog(key=read_vkey(vkey)),)))
    if policy is None:
        return None
    return Asked(policy=read_policy(policy.read(MAX_POLICY_CHARS + 1).decode(errors="replace")))


def _verify_silence(data: bytes, asked: Asked | None, *, as_json: bool) -> int:
    from yesword.cli.verify_silence import verify_silence

    return verify_silence(data, asked, as_json=as_json)


def _verify_pack(
    data: bytes, vkey: str | None, policy: BinaryIO | None, roots: BinaryIO | None, *, as_json: bool
) -> int:
    from yesword.cli.verify_pack import verify_pack

    asked = _asked(vkey, policy)
    given = None if asked is None else asked.policy
    return verify_pack(data, given, None if roots is None else roots.read(), as_json=as_json)


def _complain(error: YeswordError, *, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps({"verdict": "unreadable", "code": error.code, "sentence": error.message}, indent=1)
        )
    else:
        click.echo(plain(error.message), err=True)


def _as_object(receipt: Receipt, check: ReceiptCheck, *, is_good: bool) -> dict[str, object]:
    return {
        "verdict": str(check.verdict),
        "ok": is_good,
        "origin": receipt.origin,
        "event_id": receipt.event_id,
        "leaf_hash": receipt.leaf_hash.hex(),
        "sections": list(check.sections),
        "shown": _shown(check.sections),
        "checks": [
            {
                "check": str(finding.check),
                "outcome": str(finding.outcome),
                "code": finding.code,
                "sentence": finding.sentence,
            }
            for finding in check.findings
        ],
    }


def _as_lines(
    receipt: Receipt, check: ReceiptCheck, remarks: Sequence[str], *, is_asked: bool, is_met: bool
) -> Iterator[str]:
    yield f"Receipt for event {plain(receipt.event_id)}, log {plain(receipt.origin)}"
    shown = _shown(check.sections)
    if shown:
        yield ""
    for name, value in shown.items():
        # Only a wording has lines of its own; elsewhere a line break could pass for a finding.
        first, *rest = value.split("\n") if name == "wording" else [_in_utc(value)]
        yield f"  {name.capitalize():<12}{plain(first)}"
        yield from (f"  {'':<12}{plain(line)}" for line in rest)
    yield ""
    for finding in check.findings:
        mark = "FAILED" if finding.outcome is Outcome.FAILED else str(finding.outcome)
        yield f"  {mark:<8}{plain(finding.sentence)}"
    for remark in remarks:
        yield f"  {'':<8}{plain(remark)}"
    yield ""
    if check.verdict is Verdict.PROVEN and not is_met:
        yield UNMET
    elif is_asked and check.verdict is Verdict.CONSISTENT:
        yield _UNPROVEN
    else:
        yield _VERDICTS[check.verdict]


def _shown(sections: Mapping[str, SectionValue]) -> dict[str, str]:
    """What a person wants to see first. The number stays masked: whoever may know it, knows it."""
    found = {
        "event": _member(sections, "event", "type"),
        "time": _member(sections, "event", "occurred_at"),
        "recorded": _member(sections, "event", "received_at"),
        "program": _member(sections, "event", "program"),
        "method": _member(sections, "event", "method"),
        "number": _masked(_member(sections, "subject", "phone")),
        "language": _member(sections, "notice", "lang"),
        "wording": _member(sections, "notice", "text"),
    }
    return {name: value for name, value in found.items() if value}


def _member(sections: Mapping[str, SectionValue], section: str, name: str) -> str:
    value = sections.get(section)
    member = value.get(name) if isinstance(value, Mapping) else None
    return member if isinstance(member, str) else ""


def _masked(number: str) -> str:
    return f"ends in {number[-2:]}" if number else ""


def _in_utc(text: str) -> str:
    found = _UTC.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def plain(text: str) -> str:
    return "".join(char if char.isprintable() or char == _JOINER else f"\\u{ord(char):04x}" for char in text)
