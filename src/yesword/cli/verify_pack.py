"""`yesword verify FILE.zip`: check an evidence pack with nothing but the file, and a policy if one has it.

As with receipts: no store, no network, no Django, and nothing of the file is shown before it was proven to belong to it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

import click

from yesword.domain.times import iso_millis
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs import Manifest, PackCheck, ShownEvent, check_pack, number_of
from yesword.ledger.packs.story import EVIDENCE
from yesword.ledger.policy import Policy
from yesword.proof.packs.retelling import retell
from yesword.proof.timestamps import check_roots, verify_token

_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.PROVEN: "Proven: the log holds all that is shown here, in these words.",
    Verdict.CONSISTENT: "Consistent, not proven: nothing in this file contradicts itself, but whoever made it up could have seen to that. Give --policy with the log's policy, from a source that you trust.",
    Verdict.FAILED: "Failed: do not rely on this pack.",
}
_UNPROVEN: Final = (
    "Not proven: the policy that was given asks for more than this pack brings. What is open, is said above."
)
_OTHER_KEY: Final = (
    "Not proven: this pack is signed with another key than those of the policy that was given. "
    "Get the log's present policy from a source that you trust, and check it again."
)
_SHOWN: Final = 200
_MANY: Final = 20
_UTC: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")
_JOINER: Final = "\u200d"


def verify_pack(data: bytes, policy: Policy | None, roots: bytes | None, *, as_json: bool) -> int:
    """Tell what was found; the exit code. Raises an error of ours when the pack or what it is checked with cannot be read."""
    if roots is not None:
        check_roots(roots)  # also where the pack has no timestamp to use them on
    check = check_pack(data, policy, None if roots is None else partial(_stamped, roots), retell)
    is_good = check.verdict is Verdict.PROVEN or (check.verdict is Verdict.CONSISTENT and policy is None)
    if as_json:
        click.echo(json.dumps(_as_object(check, is_good=is_good), indent=1))
    else:
        for line in _as_lines(check, is_asked=policy is not None):
            click.echo(line)
    return 0 if is_good else 1


def _stamped(roots: bytes, token: bytes, data: bytes) -> datetime:
    return verify_token(token, data, roots)


def _as_object(check: PackCheck, *, is_good: bool) -> dict[str, object]:
    manifest = check.manifest
    return {
        "verdict": str(check.verdict),
        "ok": is_good,
        "pack": manifest.id if manifest else None,
        "purpose": manifest.purpose.value if manifest else None,
        "origin": manifest.checkpoint.origin if manifest else None,
        "program": manifest.program if manifest else None,
        "subject": manifest.subject if manifest else None,
        **_answer(check),
        "missing": sorted(_missing(check)),
        "earlier": [_as_object(each, is_good=is_good) for each in check.earlier],
        "events": [_event(each) for each in check.events],
        "checks": [
            {
                "check": str(each.check),
                "outcome": str(each.outcome),
                "code": each.code,
                "file": each.file,
                "sentence": each.sentence,
            }
            for each in check.findings
        ],
    }


def _answer(check: PackCheck) -> dict[str, object]:
    """Whose number it is about, as far as it is shown, what was asked, and the answer as the events give it."""
    number, standing = number_of(check), check.standing
    return {
        "number": f"ends in {number[-2:]}" if number else None,
        "asked": check.manifest.asked if check.manifest else None,
        "state": None
        if standing is None or check.verdict is Verdict.FAILED
        else {
            "in": standing.is_in,
            "code": standing.code,
            "program": check.manifest.program if check.manifest else None,
            "since": None if standing.since is None else iso_millis(standing.since),
            "event": standing.seq,
        },
    }


def _answer_told(check: PackCheck, manifest: Manifest) -> Iterator[str]:
    number, standing = number_of(check), check.standing
    yield f"  Number {f'ends in {_plain(number[-2:])}' if number else 'not shown'}, asked about {_in_utc(manifest.asked)}"
    if check.verdict is Verdict.FAILED:
        yield "  How it stood then is not told, since something in this pack does not hold."
    elif standing is None:
        yield "  How it stood then cannot be told: not every event is shown, and in the log."
    else:
        where = "in" if standing.is_in else f"out ({standing.code.replace('_', ' ')})"
        since = f", since {_in_utc(iso_millis(standing.since))}" if standing.since else ""
        event = f", by event number {standing.seq}" if standing.seq else ""
        yield f"  Then: {where}, program {_plain(manifest.program)}{since}{event}"


def _earlier_told(check: PackCheck) -> Iterator[str]:
    if check.manifest is None:
        return
    erased = {each.subject: each for each in check.manifest.earlier}
    for each in check.earlier:
        if each.manifest is None or each.manifest.subject not in erased:
            continue
        at = _in_utc(erased[each.manifest.subject].erased)
        yield f"  An earlier record under this number was erased on {at}; its proof is kept, as {_plain(each.manifest.id)}:"
        yield from (f"  {line}" for line in _answer_told(each, each.manifest))


def _event(event: ShownEvent) -> dict[str, object]:
    before, after = event.bracket.not_before, event.bracket.not_after
    return {
        "id": event.id,
        "index": event.index,
        "leaf_hash": event.leaf_hash.hex(),
        "sections": list(event.sections),
        "event": dict(event.told),
        "not_before": before.at.isoformat() if before else None,
        "not_after": after.at.isoformat() if after else None,
    }


def _as_lines(check: PackCheck, *, is_asked: bool) -> Iterator[str]:
    manifest = check.manifest
    if manifest is not None:
        yield f"Pack {_plain(manifest.id)}, log {_plain(manifest.checkpoint.origin)}"
        yield f"  Program {_plain(manifest.program)}, made {_in_utc(manifest.created)}, for {manifest.purpose}"
        yield from _answer_told(check, manifest)
        yield from _earlier_told(check)
        yield ""
        for event in check.events[:_MANY]:
            yield f"  {_told(event)}"
            yield from (f"      {line}" for line in _wording(event))
        if len(check.events) > _MANY:
            yield f"  … and {len(check.events) - _MANY} more events"
        yield ""
    for finding in check.findings[:_SHOWN]:
        mark = "FAILED" if finding.outcome is Outcome.FAILED else str(finding.outcome)
        yield f"  {mark:<8}{_plain(finding.sentence)}"
    yield ""
    yield _last_line(check, is_asked=is_asked)
    yield from _lost_told(check)


def _last_line(check: PackCheck, *, is_asked: bool) -> str:
    if not is_asked or check.verdict is not Verdict.CONSISTENT:
        return _VERDICTS[check.verdict]
    return _OTHER_KEY if check.is_by_other_key else _UNPROVEN


def _lost_told(check: PackCheck) -> Iterator[str]:
    """What whoever made the pack says to have lost; nothing of it is proven, whatever is proven besides."""
    if check.verdict is Verdict.FAILED:
        return
    missing = [(each, name, why) for each in (check, *check.earlier) for name, why in _missing(each).items()]
    if missing:
        yield "This pack is not whole: files that its events name are missing from it."
    for each, name, why in missing:
        inside = "" if each is check or each.manifest is None else f" in {_plain(each.manifest.id)}"
        yield f"Without {_plain(name)}{inside}, so that nothing is shown of what it holds: {_plain(why)}."


def _missing(check: PackCheck) -> dict[str, str]:
    left_out = check.manifest.left_out if check.manifest else {}
    return {name: why for name, why in sorted(left_out.items()) if name.startswith(EVIDENCE)}


def _told(event: ShownEvent) -> str:
    told = event.told
    if not told:
        return f"event {_plain(event.id)}: erased, or not shown"
    parts = [
        _in_utc(_plain(str(told.get("occurred_at")))),
        f"{told.get('type')}",
        f"{told.get('program') or 'all programs'}",
        f"by {told.get('method')}",
    ]
    if told.get("grade"):
        parts.append(f"grade {told['grade']}")
    return _plain(", ".join(parts))


def _wording(event: ShownEvent) -> Iterator[str]:
    notice = event.sections.get("notice")
    text = notice.get("text") if isinstance(notice, Mapping) else None
    if isinstance(text, str):
        yield from (_plain(line) for line in text.split("\n"))


def _in_utc(text: str) -> str:
    found = _UTC.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() or char == _JOINER else f"\\u{ord(char):04x}" for char in text)
