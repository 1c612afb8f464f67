"""What costs only the interpreter: the gate, measuring texts, reading replies, making ledger entries."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.bench.rows import Figure, rate
from yesword.domain import phone
from yesword.domain.events import Basis, Grade, Scope
from yesword.domain.facts import ContactFacts, GateFacts, MessageFacts, ProgramFacts, SenderFacts, TextFacts
from yesword.domain.gate import decide
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.places import places_for
from yesword.domain.programs import Frequency
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState, Grant
from yesword.domain.text import measure
from yesword.domain.understanding import understand
from yesword.ledger.entry import SectionValue, make_entry

_AT: Final = datetime(2026, 3, 2, 14, tzinfo=UTC)
_NUMBERS: Final = (
    "+31612345678", "+46701234567", "+4915112345678", "+4520123456", "+447400123456", "+13055550123",
    "+12125550123", "+14155550123", "+16135550123", "+33612345678", "+34612345678", "+393123456789",
)  # fmt: skip
_TEXTS: Final = (
    "Linde & Loom: 20% off all shoes this week. Show this text. Reply STOP to stop.",
    "Hör auf mir zu schreiben", "please stop by at five", "STOP", "JA!", "haal me van de lijst", "thanks, see you 🎉",
)  # fmt: skip


def figures() -> Iterator[Figure]:
    yield (sha := rate("sha-256 of 1 KiB", "1/s", _hashing))
    yield rate("ledger entries made", "1/s", _entries, against=sha)
    yield rate("gate decisions, 12 countries", "1/s", _deciding(), against=sha)
    yield rate("texts measured", "1/s", _measuring, against=sha)
    yield rate("replies understood", "1/s", _understanding, against=sha)


def _hashing() -> int:
    data = bytes(1024)
    for _ in range(1000):
        hashlib.sha256(data).digest()
    return 1000


def _entries() -> int:
    sections: dict[str, SectionValue] = {
        "event": {
            "id": "evt_1",
            "type": "granted",
            "occurred_at": "2026-03-02T14:00:00.000Z",
            "seq": 1,
            "prev": None,
        },
        "subject": {"phone": "+31612345678", "subject_id": "0" * 32},
        "context": {"to": "800123"},
        "notice": {"id": "club", "version": 1, "lang": "nl", "sha256": "0" * 64, "text": "x" * 320},
        "evidence": [{"kind": "inbound_text", "sha256": "0" * 64, "size": 8, "media_type": "text/plain"}],
        "terms": {"controller": "Brand", "purposes": ["offers"], "legal_basis": "express_written"},
    }
    for _ in range(500):
        make_entry(sections)
    return 500


def _deciding() -> Callable[[], int]:
    rules = RuleBook.load()
    questions = [_question(number) for number in _NUMBERS]

    def work() -> int:
        for question in questions:
            decide(question, rules, _AT)
        return len(questions)

    return work


def _question(raw: str) -> GateFacts:
    number = phone.parse(raw, country=None)
    program = ProgramId(1)
    grant = Grant(
        event=EventId(1),
        seq=1,
        scope=Scope(program=program, purposes=("offers",), categories=("shoes",)),
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.A,
        since=_AT - timedelta(days=20),
        is_confirmed=True,
    )
    return GateFacts(
        message=MessageFacts(
            message_class=MessageClass.PROMOTIONAL,
            kind=MessageKind.CAMPAIGN,
            categories=("shoes",),
            planned_seq=1,
        ),
        brand_country="NL",
        contact=ContactFacts(
            country=number.country,
            may_text=number.may_text,
            places=places_for(number),
            state=ConsentState(seq=1, grants=(grant,)),
        ),
        program=ProgramFacts(
            id=program,
            version=1,
            key="club",
            purpose="offers",
            categories=("shoes",),
            frequency=Frequency(count=4, days=30),
        ),
        sender=SenderFacts(address="800123", kind="short_code", can_receive=True),
        text=TextFacts(encoding="GSM-7", segments=1, names_brand=True, has_way_out=True),
    )


def _measuring() -> int:
    for text in _TEXTS:
        measure(text)
    return len(_TEXTS)


def _understanding() -> int:
    for text in _TEXTS:
        understand(text)
    return len(_TEXTS)
