"""Gathering what the gate needs, and asking it. Everybody who asks goes through here: the claim, the verdict before a
campaign, and `yesword check`. So they cannot differ.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import composing
from yesword.domain.decisions import Decision
from yesword.domain.facts import ContactFacts, GateFacts, MessageFacts, ProgramFacts, SentFact
from yesword.domain.gate import decide, versions
from yesword.domain.ids import ContactId, ProgramId, bucket_of
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState
from yesword.domain.times import from_micros, to_micros
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.programs import BrandFacts, SenderRow

# The longest window of any promise or law that is counted.
REMEMBERED: Final = timedelta(days=31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One text that somebody would like to send: all of it but the person."""

    brand: BrandFacts
    program: Program
    program_facts: ProgramFacts
    sender: SenderRow
    message: MessageFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    decision: Decision
    facts: GateFacts


class Scales:
    """The gate with its rules, and the small tables that rarely change, read once a batch."""

    def __init__(self, rules: RuleBook) -> None:
        self.rules = rules
        self.versions = json.dumps(_as_dict(versions(rules)), separators=(",", ":"))
        self._programs: dict[ProgramId, ProgramFacts] = {}
        self._senders: dict[int, SenderRow] = {}
        self._brands: dict[int, BrandFacts] = {}

    def refresh(self) -> None:
        """Forget what may have changed: whether programs are paused, and what accounts answer."""
        self._programs.clear()
        self._senders.clear()

    def program_facts(self, program: Program) -> ProgramFacts:
        if program.id not in self._programs:
            self._programs[program.id] = programs.facts_of(program)
        return self._programs[program.id]

    def sender(self, sender_id: int) -> SenderRow:
        if sender_id not in self._senders:
            self._senders[sender_id] = programs.sender_by_id(sender_id)
        return self._senders[sender_id]

    def brand(self, brand_id: int) -> BrandFacts:
        if brand_id not in self._brands:
            self._brands[brand_id] = programs.brand(brand_id)
        return self._brands[brand_id]

    def weigh(
        self,
        offer: Offer,
        contact: Contact,
        state: ConsentState,
        recent: Iterable[SentFact],
        text: str | None,
        at: datetime,
    ) -> Weighed:
        facts = GateFacts(
            message=offer.message,
            brand_country=offer.brand.country,
            contact=ContactFacts(
                country=contact.country,
                may_text=contact.may_text,
                places=contact.places,
                state=state,
                recent=tuple(recent),
                is_excluded=contact.is_excluded,
                adult_since=contact.adult_since,
            ),
            program=offer.program_facts,
            sender=offer.sender.facts,
            text=None if text is None else composing.text_facts(text, offer.brand.name),
            preferences=state.preferences_for(offer.program.id),
        )
        return Weighed(decision=decide(facts, self.rules, at), facts=facts)


def recent_texts(
    session: Session, ids: Iterable[ContactId], at: datetime
) -> Mapping[ContactId, list[SentFact]]:
    """The counted texts of the last 31 days, oldest first, of each contact that had any."""
    wanted = sorted(set(ids))
    rows = session.rows(
        "recent_texts",
        ids=session.ids(wanted),
        buckets=sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0,
        since=to_micros(at - REMEMBERED),
    )
    found: dict[ContactId, list[SentFact]] = {}
    for contact, handed_at, program, subject, message_class in rows:
        found.setdefault(ContactId(contact), []).append(
            SentFact(
                at=from_micros(handed_at),
                program=None if program is None else ProgramId(program),
                subject=subject,
                message_class=MessageClass(message_class),
            )
        )
    return found


def _as_dict(value: object) -> dict[str, str]:
    return {name: getattr(value, name) for name in ("gate", "packs", "tz", "phone")}
