"""Golden cases: texts with the answer that a rule must give them, kept beside the packs."""

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from yesword.domain.events import Scope
from yesword.domain.facts import GateFacts, ProgramFacts, SenderFacts, SentFact, TextFacts
from yesword.domain.ids import ProgramId
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.places import Place, PlaceEvidence
from yesword.domain.programs import Frequency
from yesword.domain.question import Supposed, supposing

_KEYS = {
    "name", "rule", "at", "places", "consent", "kind", "class", "brand_country", "verdict", "not_before", "noted",
    "sent_hours_ago", "granted_days_ago", "grade", "is_confirmed", "stopped_s_ago", "wrote_s_ago", "categories",
    "adult_days_ago", "sender", "text", "asked_by_text",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Golden:
    pack: str
    name: str
    rule: str
    at: datetime
    facts: GateFacts
    verdict: str
    not_before: datetime | None
    is_noted: bool

    def __repr__(self) -> str:
        return f"{self.pack}: {self.name}"


@cache
def golden_cases() -> tuple[Golden, ...]:
    folder = resources.files("yesword.domain.rules").joinpath("packs", "cases")
    cases = []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        given = tomllib.loads(file.read_text("utf-8"))
        usual = given.get("usual", {})
        cases += [_golden(file.name.removesuffix(".toml"), {**usual, **case}) for case in given["case"]]
    return tuple(cases)


def _golden(pack: str, case: dict[str, Any]) -> Golden:
    assert case.keys() <= _KEYS, f"{pack}: {case.get('name')}: unknown {case.keys() - _KEYS}"
    at = case["at"].astimezone(UTC)
    not_before = case.get("not_before")
    return Golden(
        pack=pack,
        name=case["name"],
        rule=case["rule"],
        at=at,
        facts=_facts(case, at),
        verdict=case["verdict"],
        not_before=None if not_before is None else not_before.astimezone(UTC),
        is_noted=case.get("noted", False),
    )


def _facts(case: dict[str, Any], at: datetime) -> GateFacts:
    places = tuple(_place(each) for each in case["places"])
    kind = MessageKind(case.get("kind", "campaign"))
    ago = timedelta(seconds=case.get("stopped_s_ago", 0) + case.get("wrote_s_ago", 0))
    is_grant = KINDS[kind].rests_on is Standing.GRANT
    given_at = at - (timedelta(days=case.get("granted_days_ago", 1)) if is_grant else ago)
    facts = supposing(
        Supposed(case.get("consent", "express_written")),
        kind=kind,
        message_class=MessageClass(case["class"]) if "class" in case else None,
        country=places[0].country,
        may_text=True,
        places=places,
        brand_country=case.get("brand_country", "ZZ"),
        at=given_at,
        text=_text(case.get("text", "good")),
        sender=_sender(case.get("sender", "number")),
    )
    state = facts.contact.state
    grants = tuple(
        replace(each, is_confirmed=case.get("is_confirmed", True), grade=case.get("grade", each.grade))
        for each in state.grants
    )
    requests = tuple(
        replace(
            each,
            scope=Scope(program=ProgramId(1)),
            lapses_at=at + timedelta(days=2),
            is_from_handset=case.get("asked_by_text", False),
        )
        for each in state.requests
    )
    adult = case.get("adult_days_ago")
    contact = replace(
        facts.contact,
        state=replace(state, grants=grants, requests=requests),
        recent=tuple(_sent(at, hours) for hours in case.get("sent_hours_ago", ())),
        adult_since=None if adult is None else at - timedelta(days=adult),
    )
    program = ProgramFacts(
        id=ProgramId(1),
        version=1,
        key="club",
        purpose="offers",
        categories=tuple(case.get("categories", ())),
        frequency=Frequency(count=100, days=30),
    )
    return replace(facts, contact=contact, program=program)


def _place(text: str) -> Place:
    """`US-FL America/New_York` or `DK Europe/Copenhagen`."""
    code, zone = text.split()
    return Place(
        country=code[:2],
        region=code if "-" in code else None,
        zone=zone,
        evidence=PlaceEvidence.STATED_ADDRESS,
    )


def _sent(at: datetime, hours: float) -> SentFact:
    return SentFact(
        at=at - timedelta(hours=hours),
        program=ProgramId(1),
        subject="",
        message_class=MessageClass.PROMOTIONAL,
    )


def _text(kind: str) -> TextFacts:
    return {
        "good": TextFacts(encoding="GSM-7", segments=1, names_brand=True, has_way_out=True),
        "nameless": TextFacts(encoding="GSM-7", segments=1, names_brand=False, has_way_out=True),
        "without way out": TextFacts(encoding="GSM-7", segments=1, names_brand=True, has_way_out=False),
        "two segments": TextFacts(encoding="UCS-2", segments=2, names_brand=True, has_way_out=True),
    }[kind]


def _sender(kind: str) -> SenderFacts:
    return SenderFacts(address="800123", kind="short_code", can_receive=kind == "number")
