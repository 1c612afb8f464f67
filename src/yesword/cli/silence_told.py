"""What a check of a silence file found, as lines for people and as an object for programs; no Django.

The file is somebody else's word: whoever prints these lines makes them plain first.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.silence import LIMITS, FoundText, SilenceCheck

_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.PROVEN: "Proven: the log holds every hand-over that is shown, and they hang together without a gap.",
    Verdict.CONSISTENT: "Consistent, not proven: nothing in this file contradicts itself, but something above was not checked or cannot be.",
    Verdict.FAILED: "Failed: do not rely on this file.",
}


def as_lines(check: SilenceCheck) -> Iterator[str]:
    yield f"Texts to the person {check.silence.subject}, log {check.silence.origin}"
    yield ""
    yield f"  {check.sentence}"
    yield from (f"  {_text_line(each)}" for each in check.texts)
    yield ""
    for finding in check.findings:
        mark = "FAILED" if finding.outcome is Outcome.FAILED else str(finding.outcome)
        yield f"  {mark:<8}{finding.sentence}"
    yield from (f"  missing {gap}" for gap in check.gaps)
    yield ""
    yield _VERDICTS[check.verdict]
    yield LIMITS


def as_object(check: SilenceCheck) -> dict[str, object]:
    return {
        "verdict": str(check.verdict),
        "ok": check.verdict is not Verdict.FAILED,
        "silent": check.is_silent,
        "origin": check.silence.origin,
        "subject": check.silence.subject,
        "since": _utc(check.silence.since),
        "until": _utc(check.silence.until),
        "hand_overs": check.hand_overs,
        "texts": [_text_object(each) for each in check.texts],
        "gaps": list(check.gaps),
        "checks": [
            {
                "check": str(finding.look),
                "outcome": str(finding.outcome),
                "code": finding.code,
                "sentence": finding.sentence,
            }
            for finding in check.findings
        ],
        "limits": LIMITS,
    }


def _text_line(found: FoundText) -> str:
    by = f"recorded by {_utc(found.hand_over.last_at)}"
    if found.text is None:
        return f"a text that is not shown, decided after {_utc(found.hand_over.first_at)}, {by}"
    text = found.text
    return (
        f"{text.id}: {text.kind} ({text.message_class}), program {text.program or 'none'}, "
        f"decided {_utc(text.at)}, {by}, {text.outcome}"
    )


def _text_object(found: FoundText) -> dict[str, object]:
    window = {
        "hand_over": found.hand_over.id,
        "first_at": _utc(found.hand_over.first_at),
        "last_at": _utc(found.hand_over.last_at),
    }
    text = found.text
    if text is None:
        return window | {"id": None}
    return window | {
        "id": text.id,
        "at": _utc(text.at),
        "kind": text.kind,
        "class": text.message_class,
        "program": text.program,
        "outcome": text.outcome,
        "decision": text.decision,
        "verdict": text.verdict,
    }


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
