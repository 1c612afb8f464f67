"""The gate alone: a promotional text to people of forty countries, as the clock goes on.

Most had no text lately, some had a few; where it is night they wait, and where the law asks for more they are refused.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.bench.rows import Figure, rate
from yesword.domain import phone
from yesword.domain.decisions import Decision
from yesword.domain.events import Basis, Grade, Scope
from yesword.domain.explain import render
from yesword.domain.facts import (
    BrandFacts,
    ContactFacts,
    GateFacts,
    MessageFacts,
    ProgramFacts,
    SenderFacts,
    SentFact,
    TextFacts,
)
from yesword.domain.gate import decide
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.places import places_for
from yesword.domain.programs import Frequency
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState, Grant

_AT: Final = datetime(2026, 3, 2, 14, tzinfo=UTC)
# One a country, several for countries of many places; ranges that the numbering plans give out to mobiles.
NUMBERS: Final = (
    "+31612345678", "+46701234567", "+4915112345678", "+4520123456", "+447400123456", "+13055550123",
    "+12125550123", "+14155550123", "+16135550123", "+33612345678", "+34612345678", "+393123456789",
    "+48512345678", "+353851234567", "+4366412345678", "+41791234567", "+32470123456", "+358401234567",
    "+4791234567", "+61412345678", "+64211234567", "+6591234567", "+919876543210", "+819012345678",
    "+821012345678", "+5511961234567", "+525512345678", "+27821234567", "+905321234567", "+971501234567",
    "+351912345678", "+420601123456", "+36201234567", "+40712345678", "+306912345678", "+359881234567",
    "+385911234567", "+421901123456", "+38631234567", "+37251234567", "+37061234567", "+37121234567",
)  # fmt: skip
_PROGRAM: Final = ProgramId(1)
_BRAND: Final = BrandFacts(country="NL")


def figures(against: Figure) -> Iterator[Figure]:
    questions = [_question(number, texts) for number in NUMBERS for texts in (0, 0, 0, 2)]
    countries = len({question.contact.country for question in questions})
    yield rate(f"gate decisions, {countries} countries", "1/s", _deciding(questions, _kept), against=against)
    yield rate(
        f"gate decisions with reasons in words, {countries} countries",
        "1/s",
        _deciding(questions, _said),
        against=against,
    )


def _deciding(questions: list[GateFacts], use: Callable[[Decision], object]) -> Callable[[], int]:
    rules = RuleBook.load()
    clock = [_AT]

    def work() -> int:
        clock[0] += timedelta(seconds=1)
        at = clock[0]
        for question in questions:
            use(decide(question, rules, at))
        return len(questions)

    return work


def _kept(decision: Decision) -> object:
    return decision


def _said(decision: Decision) -> object:
    return [
        (render(reason.sentence), render(reason.fact), render(reason.remedy))
        for reason in (*decision.reasons, *decision.notes)
    ]


def _question(raw: str, texts: int) -> GateFacts:
    number = phone.parse(raw, country=None)
    grant = Grant(
        event=EventId(1),
        seq=1,
        scope=Scope(program=_PROGRAM, purposes=("offers",), categories=("shoes",)),
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.A,
        since=_AT - timedelta(days=20),
        is_confirmed=True,
    )
    before = tuple(
        SentFact(
            at=_AT - timedelta(days=3 * (texts - each)),
            program=_PROGRAM,
            subject="",
            message_class=MessageClass.PROMOTIONAL,
        )
        for each in range(texts)
    )
    return GateFacts(
        message=MessageFacts(
            message_class=MessageClass.PROMOTIONAL,
            kind=MessageKind.CAMPAIGN,
            categories=("shoes",),
            planned_seq=1,
        ),
        brand=_BRAND,
        contact=ContactFacts(
            country=number.country,
            may_text=number.may_text,
            places=places_for(number),
            state=ConsentState(seq=1, grants=(grant,)),
            recent=before,
        ),
        program=ProgramFacts(
            id=_PROGRAM,
            version=1,
            key="club",
            purpose="offers",
            categories=("shoes",),
            frequency=Frequency(count=4, days=30),
        ),
        sender=SenderFacts(address="800123", kind="short_code", can_receive=True),
        text=TextFacts(encoding="GSM-7", segments=1, names_brand=True, has_way_out=True),
    )
