"""Gathering what the gate needs, and asking it. Everybody who asks goes through here: the claim, the verdict before a
campaign, and `yesword check`. So they cannot differ.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import composing
from yesword.domain.decisions import Decision
from yesword.domain.facts import ContactFacts, GateFacts, MessageFacts, ProgramFacts, SentFact
from yesword.domain.gate import decide, versions
from yesword.domain.ids import ContactId, ProgramId, bucket_of
from yesword.domain.messages import MessageClass
from yesword.domain.programs import LONGEST_WINDOW_DAYS, Program
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState
from yesword.domain.times import from_micros, to_micros
from yesword.store import programs
from yesword.store.contacts import Contact, StandingRow
from yesword.store.database import Row, Session
from yesword.store.programs import BrandFacts, SenderRow

# How far back texts are counted, and from which age of a grant it matters when the last one was.
REMEMBERED: Final = timedelta(days=LONGEST_WINDOW_DAYS)
_OLD: Final = timedelta(days=180)


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
        self._programs: dict[tuple[ProgramId, int], ProgramFacts] = {}
        self._senders: dict[int, SenderRow] = {}
        self._brands: dict[int, BrandFacts] = {}
        self._versions: dict[tuple[int, int], Program] = {}

    def refresh(self) -> None:
        """Forget what may have changed: whether programs are paused, and what accounts answer."""
        self._programs.clear()
        self._senders.clear()

    def program_facts(self, program: Program) -> ProgramFacts:
        key = (program.id, program.version)
        if key not in self._programs:
            self._programs[key] = programs.facts_of(program)
        return self._programs[key]

    def program(self, program_id: int, version: int) -> Program:
        """A published version, which never changes."""
        key = (program_id, version)
        if key not in self._versions:
            self._versions[key] = programs.version(program_id, version)
        return self._versions[key]

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
        last_text_at: datetime | None,
        text: str | None,
        at: datetime,
    ) -> Weighed:
        facts = GateFacts(
            message=offer.message,
            brand_country=offer.brand.country,
            contact=ContactFacts(
                country=contact.country,
                # Who has no number, or one whose key is gone, cannot be texted whatever the rest says.
                may_text=contact.may_text and contact.number is not None,
                places=contact.places,
                state=state,
                recent=tuple(recent),
                is_excluded=contact.is_excluded,
                adult_since=contact.adult_since,
                last_text_at=last_text_at,
            ),
            program=offer.program_facts,
            sender=offer.sender.facts,
            text=None if text is None else composing.text_facts(text, offer.brand.name),
            preferences=state.preferences_for(offer.program.id),
        )
        return Weighed(decision=decide(facts, self.rules, at), facts=facts)


def texts_before(
    session: Session, standings: Mapping[ContactId, StandingRow], at: datetime
) -> tuple[dict[ContactId, list[SentFact]], dict[ContactId, datetime]]:
    """What was texted before: the counted texts of the last 92 days, oldest first; and the moment of the newest one,
    however old, for those whose grant is so old that it matters.
    """
    recent = _recent(session, standings, at)
    last = {contact: sent[-1].at for contact, sent in recent.items()}
    silent = sorted(
        contact
        for contact, standing in standings.items()
        if contact not in last and any(grant.since < at - _OLD for grant in standing.state.grants)
    )
    for contact, handed_at in _rows(session, "last_texts", silent) if silent else ():
        last[ContactId(contact)] = from_micros(handed_at)
    return recent, last


def _rows(session: Session, query: str, ids: Sequence[ContactId], **parameters: object) -> list[Row]:
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    return session.rows(query, ids=session.ids(ids), buckets=buckets, **parameters)


def _recent(session: Session, ids: Iterable[ContactId], at: datetime) -> dict[ContactId, list[SentFact]]:
    rows = _rows(session, "recent_texts", sorted(set(ids)), since=to_micros(at - REMEMBERED))
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
