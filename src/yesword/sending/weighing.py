"""Gathering what the gate needs, and asking it. Everybody who asks goes through here: the claim, the verdict before a
campaign, and `yesword check`. So they cannot differ.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import composing
from yesword.domain.composing import PersonalText
from yesword.domain.decisions import Decision
from yesword.domain.facts import (
    ContactFacts,
    GateFacts,
    MessageFacts,
    Proclamation,
    ProgramFacts,
    RegistryFact,
    SentFact,
)
from yesword.domain.gate import decide, needs_reconfirming, versions
from yesword.domain.ids import ContactId, ProgramId, bucket_of
from yesword.domain.linting import measuring
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.places import Place
from yesword.domain.programs import LONGEST_WINDOW_DAYS, Program
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState
from yesword.domain.times import from_micros, to_micros
from yesword.store import pauses, proclamations, programs, registries
from yesword.store.contacts import Contact, StandingRow
from yesword.store.database import Row, Session
from yesword.store.pauses import Pause, Standing
from yesword.store.programs import BrandRow, SenderRow

# How far back texts are counted. Of those who agreed before that, and got none since, the last one is looked up.
REMEMBERED: Final = timedelta(days=LONGEST_WINDOW_DAYS)
_ASKING: Final = frozenset({MessageKind.CONSENT_REQUEST, MessageKind.INVITATION})


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One text that somebody would like to send: all of it but the person."""

    brand: BrandRow
    program: Program
    program_facts: ProgramFacts
    sender: SenderRow
    message: MessageFacts
    campaign: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    decision: Decision
    facts: GateFacts


@dataclass(kw_only=True, slots=True)
class Background:
    """What went before between the brand and one person, and what registries say of the number."""

    recent: list[SentFact] = field(default_factory=list)  # counted texts of the last 92 days, oldest first
    last_text_at: datetime | None = None  # the newest of all, however old
    requests: int = 0  # texts that asked for consent; counted where another one would
    registries: tuple[RegistryFact, ...] = ()

    def add(self, sent: SentFact) -> None:
        """Count a text that is about to go, so that the next one to the same person is weighed after it."""
        self.recent.append(sent)
        self.last_text_at = sent.at


class Scales:
    """The gate with its rules, and the small tables that rarely change, read once a batch."""

    def __init__(self, rules: RuleBook) -> None:
        self.rules = rules
        self.versions = json.dumps(_as_dict(versions(rules)), separators=(",", ":"))
        self._programs: dict[tuple[ProgramId, int], ProgramFacts] = {}
        self._senders: dict[int, SenderRow] = {}
        self._brands: dict[int, BrandRow] = {}
        self._versions: dict[tuple[int, int], Program] = {}
        self._personal: dict[tuple[str, int, int], tuple[Program, PersonalText]] = {}
        self._proclaimed: dict[datetime, tuple[Proclamation, ...]] = {}
        self._paused: Standing | None = None

    def refresh(self) -> None:
        """Forget what may have changed: brands and senders, what is paused, what is proclaimed."""
        self._programs.clear()
        self._senders.clear()
        self._brands.clear()
        self._personal.clear()
        self._proclaimed.clear()
        self._paused = None

    def pauses(self, offer: Offer) -> tuple[Pause, ...]:
        """What was paused because of how people took it, and such a text is of; the narrowest first."""
        if self._paused is None:
            self._paused = pauses.standing()
        return pauses.touching(
            self._paused, campaign=offer.campaign, program=offer.program.id, sender=offer.sender.id
        )

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

    def brand(self, brand_id: int) -> BrandRow:
        if brand_id not in self._brands:
            self._brands[brand_id] = programs.brand(brand_id)
        return self._brands[brand_id]

    def personal(self, template: str, program: Program, language: str) -> PersonalText:
        """The template as the program writes it to people of this language, read once a batch."""
        _, texts = program.texts_in(language)
        # Of objects that are kept, so that no other comes to have their ids.
        key = template, id(program), id(texts)
        if key not in self._personal:
            self._personal[key] = program, composing.personal(template, program, texts)
        return self._personal[key][1]

    def proclaimed(self, places: Sequence[Place], at: datetime) -> tuple[Proclamation, ...]:
        """What is proclaimed wherever the person may be. Who may be anywhere in a country may be in any region of it."""
        if at not in self._proclaimed:
            self._proclaimed[at] = proclamations.not_over(at)
        found = self._proclaimed[at]
        if not found:
            return ()
        return tuple(each for each in found if any(_touches(each, place) for place in places))

    def weigh(
        self,
        offer: Offer,
        contact: Contact,
        state: ConsentState,
        before: Background,
        text: str | None,
        at: datetime,
        *,
        made_of: tuple[str, ...] = (),
        reconfirms: bool = False,
    ) -> Weighed:
        """What the gate says of the text. `reconfirms`: it is known to say why it comes and how to leave.

        Where the gate wants just that, and only there, for it takes long, the text is searched for it. `made_of` are
        the text's pieces, see `composing.text_facts`.
        """
        facts = self.facts(offer, contact, state, before, text, at, made_of)
        if facts.text is not None and reconfirms:
            facts = replace(facts, text=replace(facts.text, reconfirms=True))
        weighed = Weighed(decision=decide(facts, self.rules, at), facts=facts)
        if facts.text is None or reconfirms or text is None or not needs_reconfirming(weighed.decision):
            return weighed
        if not measuring.reconfirms(text):
            return weighed
        return self.weigh(offer, contact, state, before, text, at, made_of=made_of, reconfirms=True)

    def facts(
        self,
        offer: Offer,
        contact: Contact,
        state: ConsentState,
        before: Background,
        text: str | None,
        at: datetime,
        made_of: tuple[str, ...] = (),
    ) -> GateFacts:
        """What the gate is told."""
        return GateFacts(
            message=offer.message,
            brand=offer.brand.facts,
            contact=ContactFacts(
                country=contact.country,
                # Who has no number, or one whose key is gone, cannot be texted whatever the rest says.
                may_text=contact.may_text and contact.number is not None,
                places=contact.places,
                state=state,
                recent=tuple(before.recent),
                adult_since=contact.adult_since,
                said_age=contact.said_age,
                last_text_at=before.last_text_at,
                recipient=contact.recipient,
                registries=before.registries,
                requests_before=before.requests,
                is_restricted=contact.restricted_since is not None,
            ),
            program=offer.program_facts,
            sender=offer.sender.facts,
            text=None
            if text is None
            else composing.text_facts(text, offer.brand.name, self.rules.labels, made_of),
            preferences=state.preferences_for(offer.program.id),
            proclamations=self.proclaimed(contact.places, at),
            pauses=tuple(each.fact for each in self.pauses(offer)),
        )


def _touches(proclaimed: Proclamation, place: Place) -> bool:
    return proclaimed.country == place.country and (
        None in (proclaimed.region, place.region) or proclaimed.region == place.region
    )


def backgrounds(
    session: Session,
    standings: Mapping[ContactId, StandingRow],
    at: datetime,
    *,
    asking: Iterable[ContactId] = (),
) -> dict[ContactId, Background]:
    """What went before with each of these people. `asking` are those whom a text would ask for consent."""
    found = {contact: Background() for contact in standings}
    for contact, sent in _recent(session, standings, at):
        found[contact].add(sent)
    silent = sorted(
        contact
        for contact, standing in standings.items()
        if found[contact].last_text_at is None
        and any(grant.since < at - REMEMBERED for grant in standing.state.grants)
    )
    for contact, handed_at in _rows(session, "last_texts", silent) if silent else ():
        found[ContactId(contact)].last_text_at = from_micros(handed_at)
    asked = sorted(set(asking) & found.keys())
    for contact, count in _rows(session, "requests_before", asked) if asked else ():
        found[ContactId(contact)].requests = count
    if not registries.is_empty(session):
        for contact, answers in registries.answers(session, standings).items():
            found[contact].registries = answers
    return found


def asks_for_consent(kind: MessageKind) -> bool:
    return kind in _ASKING


def _rows(session: Session, query: str, ids: Sequence[ContactId], **parameters: object) -> list[Row]:
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    return session.rows(query, ids=session.ids(ids), buckets=buckets, **parameters)


def _recent(session: Session, ids: Iterable[ContactId], at: datetime) -> Iterator[tuple[ContactId, SentFact]]:
    rows = _rows(session, "recent_texts", sorted(set(ids)), since=to_micros(at - REMEMBERED))
    for contact, handed_at, program, subject, message_class, event_at in rows:
        sent = SentFact(
            at=from_micros(handed_at),
            program=None if program is None else ProgramId(program),
            subject=subject,
            message_class=MessageClass(message_class),
            event_at=None if event_at is None else from_micros(event_at),
        )
        yield ContactId(contact), sent


def _as_dict(value: object) -> dict[str, str]:
    return {name: getattr(value, name) for name in ("gate", "packs", "tz", "phone")}
