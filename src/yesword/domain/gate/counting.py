"""How often: the law's caps, the program's promise and the person's own choice, each as a moment before which the text
may not go; and a pause that the person chose.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.decisions import Reason, Sentence, Verdict
from yesword.domain.facts import SentFact
from yesword.domain.gate.case import Case
from yesword.domain.gate.plan import Plan
from yesword.domain.gate.reasons import built_in, by_rule
from yesword.domain.permission import Lack
from yesword.domain.rules.model import Rule
from yesword.domain.rules.model.times import Cap, CapKey
from yesword.domain.times import EPOCH

LONGEST_WAIT: Final = timedelta(days=7)  # for a place under a cap, where the text has no end of its own
_MINUTE: Final = timedelta(minutes=1)
_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor:
    """A moment before which something other than the hour forbids the text."""

    at: datetime
    reason: Reason


def floors(case: Case, plan: Plan) -> list[Floor]:
    found: list[Floor] = []
    pause = case.permission.until
    if case.permission.lack is Lack.PAUSED and pause is not None:
        day = pause.astimezone(UTC).date().isoformat()
        reason = built_in(
            "paused",
            fact=Sentence.of("fact.paused", until_on=day),
            verdict=verdict_of(case, pause),
            sentence=Sentence.of("paused", until_on=day),
            not_before=whole_minute(pause),
        )
        found.append(Floor(at=whole_minute(pause), reason=reason))
    has_chosen = case.facts.preferences is not None or case.facts.contact.state.preferences
    if plan.is_recurring and (case.facts.contact.recent or has_chosen):
        found += _capped(case, plan)
    return found


def _capped(case: Case, plan: Plan) -> Iterator[Floor]:
    recent = case.facts.contact.recent
    for rule, cap in case.held(plan.caps):
        counted = [sent.at for sent in recent if _counts(case, cap, sent)]
        free_at = _free_at(counted, cap.count, timedelta(seconds=cap.seconds))
        if free_at > case.at:
            reason = by_rule(
                rule,
                "law_frequency",
                fact=_texts(counted, timedelta(seconds=cap.seconds), case.at),
                verdict=verdict_of(case, free_at, rule),
                sentence=Sentence.of(
                    "law_frequency",
                    count=cap.count,
                    hours=cap.seconds // 3600,
                    place=rule.pack_name,
                    citation=rule.citation,
                ),
                not_before=free_at,
            )
            yield Floor(at=free_at, reason=reason)
    program = case.facts.program
    if program is not None:
        own = [sent.at for sent in recent if sent.program == program.id]
        yield from _promised(case, own, program.frequency.count, program.frequency.days, "promise")
    yield from _chosen(case)


def _chosen(case: Case) -> Iterator[Floor]:
    """What the person chose for the program counts its texts; what they chose for all counts all."""
    program, contact = case.facts.program, case.facts.contact
    scopes = {scope for scope, _ in contact.state.preferences}
    is_for_program = program is not None and (program.id in scopes or None not in scopes)
    chosen = case.facts.preferences or contact.state.preferences_for(program.id if program else None)
    if chosen is None or chosen.count is None or chosen.window_days is None:
        return
    counted = [
        sent.at
        for sent in contact.recent
        if not is_for_program or (program is not None and sent.program == program.id)
    ]
    yield from _promised(case, counted, chosen.count, chosen.window_days, "chosen_frequency")


def _promised(case: Case, counted: list[datetime], count: int, days: int, code: str) -> Iterator[Floor]:
    free_at = _free_at(counted, count, timedelta(days=days))
    if free_at > case.at:
        reason = built_in(
            code,
            fact=_texts(counted, timedelta(days=days), case.at),
            verdict=verdict_of(case, free_at),
            sentence=Sentence.of(code, count=count, days=days),
            not_before=free_at,
        )
        yield Floor(at=free_at, reason=reason)


def _counts(case: Case, cap: Cap, sent: SentFact) -> bool:
    if sent.message_class not in cap.classes:
        return False
    program, message = case.facts.program, case.facts.message
    if cap.key is CapKey.PROGRAM:
        return program is None or sent.program == program.id
    if cap.key is CapKey.SUBJECT:
        return not message.subject or not sent.subject or sent.subject == message.subject
    if cap.key is CapKey.EVENT:
        return None in (message.event_at, sent.event_at) or sent.event_at == message.event_at
    return True


def _free_at(counted: list[datetime], count: int, window: timedelta) -> datetime:
    """When fewer than `count` texts lie in the window that ends then. A text leaves it a whole window later."""
    if count < 1:
        return _NEVER
    if len(counted) < count:
        return EPOCH
    return whole_minute(sorted(counted)[-count] + window)


def _texts(counted: Iterable[datetime], window: timedelta, at: datetime) -> Sentence:
    return Sentence.of("fact.texts", count=sum(1 for each in counted if each > at - window))


def verdict_of(case: Case, until: datetime, rule: Rule | None = None) -> Verdict:
    """A text that says until when it is of use waits until then; another is not kept for longer than a week.

    A rule that was not verified refuses nothing, so for it a text is kept for however long.
    """
    if rule is not None and not rule.is_verified:
        return Verdict.WAIT
    is_too_long = case.facts.message.send_by is None and until - case.at > LONGEST_WAIT
    return Verdict.REFUSE if is_too_long or until >= _NEVER else Verdict.WAIT


def whole_minute(at: datetime) -> datetime:
    """The moment itself, or else the next whole minute."""
    return EPOCH + -((EPOCH - at) // _MINUTE) * _MINUTE
