"""Golden cases: texts with the answer that a rule must give them, kept beside the packs, and run in `rules check`.

A case is a TOML table. `at` is a moment with its offset; or `local` is a time of day ("20:00") where the person is, and
the case is then run in summer, in winter and on each day on which the clocks change there, on `weekday` where one is
named. Whoever is not described otherwise agreed in writing and confirmed it from the handset, yesterday.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

from yesword.domain.decisions import Decision, Verdict
from yesword.domain.events import Grade, Scope
from yesword.domain.facts import (
    BrandFacts,
    Cause,
    GateFacts,
    Listed,
    Proclamation,
    ProgramFacts,
    RegistryFact,
    SenderFacts,
    SentFact,
    TextFacts,
)
from yesword.domain.gate import decide
from yesword.domain.golden_schema import TEXTS, WEEKDAYS, GoldenError, read_tables
from yesword.domain.hours import zone
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.parties import Origin, RecipientKind, Relation, SenderTrait
from yesword.domain.places import Place, PlaceEvidence
from yesword.domain.programs import Frequency
from yesword.domain.question import Supposed, supposing
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState, Withdrawal

__all__ = ["USUAL", "Golden", "GoldenError", "count_shipped", "read_cases", "shipped_cases"]

_PROGRAM: Final = ProgramId(1)
_OTHER_PROGRAM: Final = ProgramId(2)
_FURTHEST: Final = timedelta(hours=14)  # no clock on earth is further from UTC
_SUMMER: Final = date(2026, 7, 6)  # a Monday
_WINTER: Final = date(2027, 1, 11)
_YEAR: Final = 2027

# Everything that a case may say, with what is meant where it says nothing.
USUAL: Final[Mapping[str, Any]] = {
    "name": "", "rule": "", "verdict": "", "at": None, "not_before": None, "noted": False, "is_reached": True,
    "local": None, "until": None, "weekday": None, "until_weekday": None,
    "places": [], "number_country": None, "evidence": "stated_address",
    "consent": "express_written", "kind": "campaign", "class": None, "categories": [], "is_mixed": False,
    "brand_country": "ZZ", "brand_region": None, "brand_traits": [],
    "sent_hours_ago": [], "granted_days_ago": 1, "grade": None, "is_confirmed": True, "any_hour": False,
    "relation": None, "stopped_s_ago": 0, "wrote_s_ago": 0, "stopped_program": False,
    "adult_days_ago": None, "recipient": "person", "registries": {},
    "sender": "short_code", "sender_address": None, "registered": [], "provider": "",
    "text": "good", "labels": [], "contains": [], "characters": 80,
    "occasion": "", "event_hours_ago": None, "asked_by_text": False, "asked_before": 0, "may_invite": False,
    "proclaimed": None,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Golden:
    pack: str
    name: str
    rule: str
    at: datetime
    facts: GateFacts
    verdict: str
    not_before: datetime | None
    is_noted: bool  # the rule is to be found among the notes
    is_reached: bool  # False: the case shows a text that the rule's pack does not speak to

    def __repr__(self) -> str:
        return f"{self.pack}: {self.name}, {self.at:%Y-%m-%d %H:%M}"

    def complaint(self, book: RuleBook) -> str | None:
        """What the gate answers otherwise than the case says; None when it answers just so."""
        found = decide(self.facts, book, self.at)
        if found.verdict != self.verdict or found.not_before != self.not_before:
            return f"expected {_said(self.verdict, self.not_before)}, got {_said(found.verdict, found.not_before)}"
        return self._names_rule(found, book)

    def _names_rule(self, found: Decision, book: RuleBook) -> str | None:
        if not self.is_noted and found.verdict is Verdict.SEND:
            return self._is_spoken_to(found, book)
        rules = [reason.rule for reason in (found.notes if self.is_noted else found.reasons)]
        return None if self.rule in rules else f"{self.rule} is not among {', '.join(rules) or 'nothing'}"

    def _is_spoken_to(self, found: Decision, book: RuleBook) -> str | None:
        """A text that goes names nobody, so a case could pin a rule that was never asked."""
        rule = next((each for pack in book.packs for each in pack.rules if each.id == self.rule), None)
        # Whichever day it is where the person is.
        days = {(self.at + shift).date() for shift in (-_FURTHEST, _FURTHEST)}
        if rule is None or not all(rule.is_in_force(day) for day in days):
            return None
        if (rule.pack in found.packs) == self.is_reached:
            return None
        return f"the pack {rule.pack} {'does not speak' if self.is_reached else 'speaks'} to this text"


def _said(verdict: str, not_before: datetime | None) -> str:
    return verdict if not_before is None else f"{verdict} until {not_before:%Y-%m-%d %H:%M} UTC"


@cache
def shipped_cases() -> tuple[Golden, ...]:
    """Those that ship with the packs: each moment at which a case is run is one."""
    return tuple(case for file, text in _shipped() for case in read_cases(text, file))


def count_shipped() -> int:
    """How many cases are written, however many moments they are run at."""
    return sum(len(tomllib.loads(text)["case"]) for _, text in _shipped())


def _shipped() -> Iterator[tuple[str, str]]:
    folder = resources.files("yesword.domain.rules").joinpath("packs", "cases")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield file.name, file.read_text("utf-8")


def read_cases(text: str, file: str) -> tuple[Golden, ...]:
    """The cases of a file, once for each moment at which they are run.

    Raises the first `GoldenError` of the file, which names the others.
    """
    return tuple(each for case in read_tables(text, file) for each in _golden(file, {**USUAL, **case}))


def _golden(file: str, case: Mapping[str, Any]) -> Iterator[Golden]:
    for at, not_before in _moments(case):
        yield Golden(
            pack=file.removesuffix(".toml"),
            name=case["name"],
            rule=case["rule"],
            at=at,
            facts=_facts(case, at),
            verdict=case["verdict"],
            not_before=not_before,
            is_noted=case["noted"],
            is_reached=case["is_reached"],
        )


# --- moments -------------------------------------------------------------------------------------------------


def _moments(case: Mapping[str, Any]) -> Iterator[tuple[datetime, datetime | None]]:
    if case["local"] is None:
        until = case["not_before"]
        yield case["at"].astimezone(UTC), None if until is None else until.astimezone(UTC)
        return
    zone_name = case["places"][0].split()[1]
    tz = zone(zone_name)
    for day in _days(zone_name, case["weekday"]):
        at = datetime.combine(day, time.fromisoformat(case["local"]), tz).astimezone(UTC)
        if case["until"] is None:
            yield at, None
            continue
        opens = time.fromisoformat(case["until"])
        later = day
        while (
            datetime.combine(later, opens, tz).astimezone(UTC) <= at
            or case["until_weekday"] not in (None, WEEKDAYS[later.weekday()])
        ):  # fmt: skip
            later += timedelta(days=1)
        yield at, datetime.combine(later, opens, tz).astimezone(UTC)


def _days(zone_name: str, weekday: str | None) -> Iterator[date]:
    """A day in summer, one in winter, and the days on which the clocks change, with the days before them."""
    index = None if weekday is None else WEEKDAYS.index(weekday)
    for monday in (_SUMMER, _WINTER):
        yield monday + timedelta(days=index or 0)
    for change in _changes(zone_name):
        for day in (change - timedelta(days=1), change):
            if index in (None, day.weekday()):
                yield day


@cache
def _changes(zone_name: str) -> tuple[date, ...]:
    tz = zone(zone_name)
    noons = [datetime(_YEAR, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(365)]
    return tuple(
        later.astimezone(tz).date()
        for earlier, later in pairwise(noons)
        if earlier.astimezone(tz).utcoffset() != later.astimezone(tz).utcoffset()
    )


# --- facts ---------------------------------------------------------------------------------------------------


def _facts(case: Mapping[str, Any], at: datetime) -> GateFacts:
    places = tuple(_place(each, case["evidence"]) for each in case["places"])
    kind = MessageKind(case["kind"])
    ago = timedelta(seconds=case["stopped_s_ago"] + case["wrote_s_ago"])
    is_grant = KINDS[kind].rests_on is Standing.GRANT
    given_at = at - (timedelta(days=case["granted_days_ago"]) if is_grant else ago)
    facts = supposing(
        Supposed(case["consent"]),
        kind=kind,
        message_class=MessageClass(case["class"]) if case["class"] else None,
        country=case["number_country"] or places[0].country,
        may_text=True,
        places=places,
        brand=BrandFacts(
            country=case["brand_country"],
            region=case["brand_region"],
            traits=tuple(SenderTrait(each) for each in case["brand_traits"]),
        ),
        at=given_at,
        text=_text(case),
        sender=_sender(case),
    )
    return replace(
        facts,
        message=replace(
            facts.message,
            categories=() if case["categories"] or case["relation"] else facts.message.categories,
            is_mixed=case["is_mixed"],
            occasion=case["occasion"],
            event_at=_ago(at, case["event_hours_ago"], hours=1),
        ),
        contact=replace(
            facts.contact,
            state=_state(case, facts, at),
            recent=tuple(_sent(case, facts, at, hours) for hours in case["sent_hours_ago"]),
            adult_since=_ago(at, case["adult_days_ago"], hours=24),
            recipient=RecipientKind(case["recipient"]),
            registries=tuple(_registry(name, said, at) for name, said in case["registries"].items()),
            requests_before=case["asked_before"],
        ),
        program=ProgramFacts(
            id=_PROGRAM,
            version=1,
            key="club",
            purpose="offers",
            categories=tuple(case["categories"]),
            frequency=Frequency(count=100, days=30),
            may_invite=case["may_invite"],
        ),
        proclamations=_proclaimed(case),
    )


def _ago(at: datetime, count: float | None, *, hours: int) -> datetime | None:
    return None if count is None else at - timedelta(hours=count * hours)


def _state(case: Mapping[str, Any], facts: GateFacts, at: datetime) -> ConsentState:
    state = facts.contact.state
    grants = tuple(
        replace(
            each,
            is_confirmed=case["is_confirmed"],
            grade=Grade(case["grade"]) if case["grade"] else each.grade,
            scope=replace(each.scope, at_any_hour=case["any_hour"]),
            relation=_relation(case, at, each.relation),
        )
        for each in state.grants
    )
    requests = tuple(
        replace(
            each,
            scope=Scope(program=_PROGRAM),
            lapses_at=at + timedelta(days=2),
            is_from_handset=case["asked_by_text"],
        )
        for each in state.requests
    )
    state = replace(state, grants=grants, requests=requests)
    if not case["stopped_program"]:
        return state
    stop = Withdrawal(
        event=EventId(2),
        seq=1,
        scope=Scope(program=_OTHER_PROGRAM),
        at=at - timedelta(seconds=case["stopped_s_ago"]),
        route="reply",
    )
    return replace(state, withdrawals=(stop,), stops=((_OTHER_PROGRAM, stop.seq),))


def _relation(case: Mapping[str, Any], at: datetime, usual: Relation | None) -> Relation | None:
    """`{ origin = "sale", days_ago = 30, told = true, same_entity = true, categories = ["shoes"] }`"""
    given = case["relation"]
    if given is None:
        about = tuple(case["categories"])
        return replace(usual, categories=about) if usual is not None and about else usual
    return Relation(
        origin=Origin(given["origin"]),
        at=at - timedelta(days=given.get("days_ago", 1)),
        was_told=given.get("told", True),
        is_same_entity=given.get("same_entity", True),
        categories=tuple(given.get("categories", ())),
    )


def _place(text: str, evidence: str) -> Place:
    """`US-FL America/New_York` or `DK Europe/Copenhagen`."""
    code, zone_name = text.split()
    region = code if "-" in code else None
    return Place(country=code[:2], region=region, zone=zone_name, evidence=PlaceEvidence(evidence))


def _sent(case: Mapping[str, Any], facts: GateFacts, at: datetime, hours: float) -> SentFact:
    return SentFact(
        at=at - timedelta(hours=hours),
        program=_PROGRAM,
        subject="",
        message_class=facts.message.message_class,
        event_at=_ago(at, case["event_hours_ago"], hours=1),
    )


def _registry(name: str, said: Mapping[str, Any], at: datetime) -> RegistryFact:
    """`registries.us-dnc = { listed = true, days_ago = 3, since_days_ago = 100 }`"""
    return RegistryFact(
        registry=name,
        listed=Listed.YES if said["listed"] else Listed.NO,
        checked_at=at - timedelta(days=said.get("days_ago", 0)),
        since=_ago(at, said.get("since_days_ago"), hours=24),
    )


def _proclaimed(case: Mapping[str, Any]) -> tuple[Proclamation, ...]:
    """`proclaimed = { cause = "emergency", place = "US-NY", from = …, to = …, name = "flood" }`"""
    given = case["proclaimed"]
    if given is None:
        return ()
    place = given["place"]
    return (
        Proclamation(
            cause=Cause(given["cause"]),
            country=place[:2],
            region=place if "-" in place else None,
            starts_at=given["from"].astimezone(UTC),
            ends_at=given["to"].astimezone(UTC),
            name=given["name"],
        ),
    )


def _text(case: Mapping[str, Any]) -> TextFacts:
    usual = TextFacts(
        encoding="GSM-7",
        segments=1,
        names_brand=True,
        has_way_out=True,
        has_way_out_elsewhere=True,
        characters=case["characters"],
        labels=tuple(case["labels"]),
        elements=tuple(case["contains"]),
    )
    return replace(usual, **TEXTS[case["text"]])


def _sender(case: Mapping[str, Any]) -> SenderFacts:
    kind = case["sender"]
    is_name = kind == "alphanumeric"
    return SenderFacts(
        address=case["sender_address"] or ("Acme" if is_name else "800123"),
        kind=kind,
        can_receive=not is_name,
        registrations=tuple(case["registered"]),
        provider=case["provider"],
    )
