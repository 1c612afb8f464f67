"""`yesword verify FILE`: check a receipt with nothing but the file, and the log's public keys if one has them.

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

from yesword.cli.believing import UNMET, Asked, Seen, asked, note_of
from yesword.domain.errors import YeswordError
from yesword.ledger.entry import SectionValue
from yesword.ledger.packs import MAX_PACK_BYTES, is_archive
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
_OTHER_KEY: Final = (
    "Not proven: this receipt names another key of this log as its signer than those that you brought. "
    "Ask for all the keys that the log has had, from a source that you trust, and check it again."
)
_UNSHOWN: Final = (
    "Not proven: the log holds this record, but the receipt does not show the event, so nothing says what the record is of. "
    "Ask for a receipt that shows it."
)
_UTC: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")
_JOINER: Final = "\u200d"  # holds emoji together; the only invisible character that wordings need


@click.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--vkey",
    metavar="KEYS",
    help="The log's public keys (name+id+key), one a line, or the file that holds them, from a source that you trust. "
    "With them, only a proven receipt exits 0.",
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
        believed = asked(vkey, policy)
        if is_silence(data):
            sys.exit(_verify_silence(data + file.read(MAX_SILENCE_BYTES), believed, as_json=as_json))
        receipt = read_receipt(data)
    except YeswordError as error:
        _complain(error, as_json=as_json)
        sys.exit(EXIT_UNREADABLE)
    note = note_of(receipt)
    check = receipt.check(*(believed.keys_for(receipt.origin) if believed else ()))
    seen = believed.seen(note) if believed and note else None
    is_met = believed is None or believed.is_met(note)
    is_proven = check.verdict is Verdict.PROVEN and is_met
    is_good = is_proven or (check.verdict is Verdict.CONSISTENT and believed is None)
    # Where none of the keys signed, the finding about the signature says so.
    told = believed if not check.is_by_other_key else None
    remarks = list(told.remarks(receipt.origin, note)) if told else []
    if as_json:
        found = _as_object(receipt, check, seen, is_good=is_good)
        if check.verdict is Verdict.PROVEN and not is_met:
            found["verdict"] = str(Verdict.CONSISTENT)
        click.echo(json.dumps({**found, "remarks": remarks}, indent=1))
    else:
        last = _last_line(check, is_asked=believed is not None, is_met=is_met)
        for line in _as_lines(receipt, check, seen, remarks):
            click.echo(line)
        click.echo(last)
    if not is_good:
        sys.exit(EXIT_FAILED)


def _verify_silence(data: bytes, believed: Asked | None, *, as_json: bool) -> int:
    from yesword.cli.verify_silence import verify_silence

    return verify_silence(data, believed, as_json=as_json)


def _verify_pack(
    data: bytes, vkey: str | None, policy: BinaryIO | None, roots: BinaryIO | None, *, as_json: bool
) -> int:
    from yesword.cli.verify_pack import verify_pack

    believed = asked(vkey, policy)
    given = None if believed is None else believed.policy
    return verify_pack(data, given, None if roots is None else roots.read(), as_json=as_json)


def _complain(error: YeswordError, *, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps({"verdict": "unreadable", "code": error.code, "sentence": error.message}, indent=1)
        )
    else:
        click.echo(plain(error.message), err=True)


def _as_object(
    receipt: Receipt, check: ReceiptCheck, seen: Seen | None, *, is_good: bool
) -> dict[str, object]:
    told = [
        {
            "check": str(finding.check),
            "outcome": str(finding.outcome),
            "code": finding.code,
            "sentence": finding.sentence,
        }
        for finding in check.findings
    ]
    if seen is not None:
        told.append(
            {
                "check": "witnesses",
                "outcome": str(seen.outcome),
                "code": seen.code,
                "sentence": seen.sentence,
            }
        )
    return {
        "verdict": str(check.verdict),
        "ok": is_good,
        "origin": receipt.origin,
        "event_id": receipt.event_id,
        "leaf_hash": receipt.leaf_hash.hex(),
        "sections": list(check.sections),
        "shown": _shown(check.sections),
        "checks": told,
    }


def _as_lines(
    receipt: Receipt, check: ReceiptCheck, seen: Seen | None, remarks: Sequence[str]
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
    if seen is not None:
        yield f"  {seen.outcome:<8}{plain(seen.sentence)}"
    for remark in remarks:
        yield f"  {'':<8}{plain(remark)}"
    yield ""


def _last_line(check: ReceiptCheck, *, is_asked: bool, is_met: bool) -> str:
    if check.verdict is Verdict.PROVEN and not is_met:
        return UNMET
    if not is_asked or check.verdict is not Verdict.CONSISTENT:
        return _VERDICTS[check.verdict]
    if check.is_by_other_key:
        return _OTHER_KEY
    return _UNSHOWN if check.is_in_log else _UNPROVEN


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
