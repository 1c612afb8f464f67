"""`yesword verify FILE.zip`: check an evidence pack with nothing but the file, and a policy if one has it.

As with receipts: no store, no network, no Django, and nothing of the file is shown before it was proven to belong to it.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

import click

from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs import PackCheck, ShownEvent, check_pack
from yesword.ledger.policy import read_policy
from yesword.proof.timestamps import BadRootsError, verify_token

_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.PROVEN: "Proven: the log holds all that is shown here, in these words.",
    Verdict.CONSISTENT: "Consistent, not proven: nothing in this file contradicts itself, but whoever made it up could have seen to that. Give --policy with the log's policy, from a source that you trust.",
    Verdict.FAILED: "Failed: do not rely on this pack.",
}
_UNPROVEN: Final = (
    "Not proven: the policy that was given asks for more than this pack brings. What is open, is said above."
)
_SHOWN: Final = 200
_MANY: Final = 20
_UTC: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")
_JOINER: Final = "\u200d"


def verify_pack(data: bytes, policy_text: bytes | None, roots: bytes | None, *, as_json: bool) -> int:
    """Tell what was found; the exit code. Raises an error of ours when the pack or what it is checked with cannot be read."""
    policy = None if policy_text is None else read_policy(policy_text.decode(errors="replace"))
    check = check_pack(data, policy, None if roots is None else partial(_stamped, roots))
    is_good = check.verdict is Verdict.PROVEN or (check.verdict is Verdict.CONSISTENT and policy is None)
    if as_json:
        click.echo(json.dumps(_as_object(check, is_good=is_good), indent=1))
    else:
        for line in _as_lines(check, is_asked=policy is not None):
            click.echo(line)
    return 0 if is_good else 1


def _stamped(roots: bytes, token: bytes, data: bytes) -> datetime:
    try:
        return verify_token(token, data, roots)
    except BadRootsError as error:  # not the pack's fault
        click.echo(_plain(error.message), err=True)
        sys.exit(2)


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
    is_unproven = is_asked and check.verdict is Verdict.CONSISTENT
    yield _UNPROVEN if is_unproven else _VERDICTS[check.verdict]


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
