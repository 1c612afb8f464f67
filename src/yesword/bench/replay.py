"""Replay: decisions of every sort, stored with their facts in a file, and computed again by another process.

    python -m yesword.bench.replay record decisions.sqlite3 --count 100000
    python -m yesword.bench.replay check decisions.sqlite3 --pack newer.toml

`check` exits with 1 when a stored decision comes out otherwise, byte for byte.
"""

import argparse
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from yesword.bench.deciding import NUMBERS
from yesword.domain import codec, phone
from yesword.domain.decisions import Decision, GateVersions
from yesword.domain.events import Basis, Grade, Limits, Preferences, Scope
from yesword.domain.facts import (
    BrandFacts,
    Cause,
    ContactFacts,
    GateFacts,
    Listed,
    MessageFacts,
    Proclamation,
    ProgramFacts,
    RegistryFact,
    SenderFacts,
    SentFact,
    TextFacts,
)
from yesword.domain.gate import decide, versions
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import KINDS, MessageKind, Standing
from yesword.domain.parties import Origin, RecipientKind, Relation, SenderTrait
from yesword.domain.places import Place, places_for
from yesword.domain.programs import Frequency
from yesword.domain.question import USUAL_CLASS
from yesword.domain.rules import RuleBook
from yesword.domain.rules.loader import read_packs
from yesword.domain.state import ConsentState, Grant, Request, Withdrawal

_START: Final = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS: Final = 500  # over changes of clocks and laws
_CLUB, _EVENTS = ProgramId(1), ProgramId(2)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_BATCH: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    count: int
    same: int  # byte for byte
    differing: tuple[str, ...]  # what of gate, packs, tz and phone is not as it was
    others: tuple[str, ...]  # countries of the numbers whose decisions came out otherwise


# --- recording and checking ----------------------------------------------------------------------------------


def record(path: Path, rules: RuleBook, count: int, seed: int = 1) -> Counter[str]:
    """Decides `count` questions and stores each with its facts; tells how many were sent, waited, were refused."""
    found: Counter[str] = Counter()
    then = json.dumps(_as_dict(versions(rules)))
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE decision (id INTEGER PRIMARY KEY, body BLOB, facts BLOB, versions TEXT)")
        rows: list[tuple[bytes, bytes, str]] = []
        for facts, at in questions(count, seed):
            decision = decide(facts, rules, at)
            found[decision.verdict.value] += 1
            rows.append((decision.to_bytes(), codec.dumps(facts), then))
            if len(rows) == _BATCH:
                _store(file, rows)
        _store(file, rows)
    return found


def _store(file: sqlite3.Connection, rows: list[tuple[bytes, bytes, str]]) -> None:
    with file:
        file.executemany("INSERT INTO decision (body, facts, versions) VALUES (?, ?, ?)", rows)
    rows.clear()


def check(path: Path, rules: RuleBook) -> Replayed:
    """Every stored decision, computed again from its stored facts."""
    now = versions(rules)
    count = same = 0
    differing: dict[str, None] = {}
    others: dict[str, None] = {}
    with closing(sqlite3.connect(path)) as file:
        for body, stored, then in file.execute("SELECT body, facts, versions FROM decision ORDER BY id"):
            facts = codec.loads(GateFacts, stored)
            again = decide(facts, rules, Decision.from_bytes(body).at)
            count += 1
            same += again.to_bytes() == body
            if again.to_bytes() != body:
                others.setdefault(facts.contact.country)
            differing |= dict.fromkeys(GateVersions(**json.loads(then)).differing(now))
    return Replayed(count=count, same=same, differing=tuple(differing), others=tuple(others))


def _as_dict(found: GateVersions) -> dict[str, str]:
    return {name: getattr(found, name) for name in found.__slots__}


# --- questions of every sort ---------------------------------------------------------------------------------


def questions(count: int, seed: int = 1) -> Iterator[tuple[GateFacts, datetime]]:
    """The same ones for the same seed."""
    random = Random(seed)  # noqa: S311 - for variety, not for secrets
    people = [(number.country, number.may_text, places_for(number)) for number in map(_parsed, NUMBERS)]
    for _ in range(count):
        at = _START + timedelta(seconds=random.randrange(_DAYS * 86_400))
        country, may_text, places = random.choice(people)
        yield _question(random, at, country, places, may_text=may_text and random.random() < 0.99), at


def _parsed(raw: str) -> phone.PhoneNumber:
    return phone.parse(raw, country=None)


def _question(
    random: Random, at: datetime, country: str, places: tuple[Place, ...], *, may_text: bool
) -> GateFacts:
    kind = random.choice([*MessageKind, *[MessageKind.CAMPAIGN] * 8])
    return GateFacts(
        message=_message(random, kind, at),
        brand=BrandFacts(
            country=random.choice(["NL", "US", "DE", country]),
            traits=random.choice([(), (), (SenderTrait.CHARITY,)]),
        ),
        contact=ContactFacts(
            country=country,
            may_text=may_text,
            places=places,
            state=_state(random, kind, at),
            recent=_recent(random, at),
            adult_since=random.choice([None, at - 900 * _DAY]),
            last_text_at=random.choice([None, at - 200 * _DAY]),
            recipient=random.choice([RecipientKind.PERSON, RecipientKind.PERSON, RecipientKind.COMPANY]),
            registries=_registries(random, at),
            requests_before=random.randrange(3),
        ),
        program=_program(random),
        sender=_sender(random),
        text=_text(random),
        preferences=random.choice([None, None, None, Preferences(paused_until=at + 30 * _HOUR)]),
        proclamations=_proclamations(random, at, country),
    )


def _message(random: Random, kind: MessageKind, at: datetime) -> MessageFacts:
    standing = KINDS[kind].rests_on
    occasion = random.choice(["", "", "cart", "delivery"])
    return MessageFacts(
        message_class=USUAL_CLASS[kind],
        kind=kind,
        categories=random.choice([(), ("shoes",), ("alcohol",)]),
        subject=random.choice(["", "shoes"]),
        send_by=random.choice([None, None, at + 3 * _HOUR, at + 12 * _DAY]),
        answers=EventId(2) if standing is Standing.WITHDRAWAL else None,
        conversation_at=at - 2 * _HOUR if standing is Standing.CONVERSATION else None,
        trigger=random.choice([None, "order"]) if standing is Standing.GRANT else "login",
        is_mixed=random.random() < 0.1,
        occasion=occasion,
        event_at=at - 20 * _HOUR if occasion else None,
    )


def _state(random: Random, kind: MessageKind, at: datetime) -> ConsentState:
    standing = KINDS[kind].rests_on
    stop = Withdrawal(
        event=EventId(2),
        seq=2,
        scope=Scope(program=random.choice([None, _EVENTS])),
        at=at - random.choice([timedelta(minutes=1), 40 * _DAY]),
        route="reply",
    )
    if standing is Standing.WITHDRAWAL or random.random() < 0.05:
        return ConsentState(seq=2, withdrawals=(stop,), stops=((stop.scope.program, 2),))
    if standing is Standing.REQUEST:
        request = Request(
            event=EventId(1),
            seq=1,
            scope=Scope(program=_CLUB),
            asked_at=at - random.choice([_HOUR, 26 * _HOUR]),
            lapses_at=at + _DAY,
            is_from_handset=random.random() < 0.5,
        )
        return ConsentState(seq=1, requests=(request,))
    grants = tuple(_grant(random, at, event) for event in range(3, 4 + random.randrange(2)))
    state = ConsentState(seq=4, grants=grants)
    if stop.scope.program is None or random.random() < 0.7:
        return state
    return replace(state, withdrawals=(stop,), stops=((_EVENTS, 2),))


def _grant(random: Random, at: datetime, event: int) -> Grant:
    basis = random.choice([*Basis, *[Basis.EXPRESS_WRITTEN] * 6])
    sale = Relation(
        origin=random.choice([Origin.SALE, Origin.ENQUIRY]),
        at=at - random.choice([30, 400, 900]) * _DAY,
        was_told=random.random() < 0.8,
        categories=random.choice([("shoes",), ("hats",)]),
    )
    return Grant(
        event=EventId(event),
        seq=event,
        scope=Scope(program=random.choice([_CLUB, _CLUB, None, _EVENTS]), at_any_hour=random.random() < 0.1),
        basis=basis,
        grade=random.choice([Grade.A, Grade.A, Grade.B, Grade.D]),
        since=at - random.choice([1, 50, 70, 400, 800]) * _DAY,
        limits=Limits(ends_at=random.choice([None, None, None, at + 5 * _HOUR])),
        is_confirmed=random.random() < 0.8,
        relation=sale if basis is Basis.CUSTOMER else None,
    )


def _recent(random: Random, at: datetime) -> tuple[SentFact, ...]:
    ago = sorted((random.randrange(1, 40 * 24) for _ in range(random.randrange(4))), reverse=True)
    return tuple(
        SentFact(
            at=at - hours * _HOUR,
            program=random.choice([_CLUB, _EVENTS]),
            subject=random.choice(["", "shoes", "bags"]),
            message_class=USUAL_CLASS[MessageKind.CAMPAIGN],
        )
        for hours in ago
    )


def _registries(random: Random, at: datetime) -> tuple[RegistryFact, ...] | None:
    if random.random() < 0.5:
        return None
    return tuple(
        RegistryFact(
            registry=registry,
            listed=random.choice([Listed.NO, Listed.NO, Listed.YES]),
            checked_at=at - random.choice([1, 20, 90]) * _DAY,
        )
        for registry in ("us-dnc", "us-rnd", "sg-dnc", "iys")
        if random.random() < 0.7
    )


def _program(random: Random) -> ProgramFacts | None:
    if random.random() < 0.05:
        return None
    return ProgramFacts(
        id=_CLUB,
        version=1,
        key="club",
        purpose="offers",
        categories=("shoes",),
        frequency=Frequency(count=random.choice([1, 4, 9]), days=random.choice([7, 30])),
        minimum_age=random.choice([None, None, None, 18]),
        may_invite=random.random() < 0.5,
    )


def _sender(random: Random) -> SenderFacts | None:
    kind = random.choice(["short_code", "long_code", "toll_free", "alphanumeric", None])
    if kind is None:
        return None
    return SenderFacts(
        address="Acme" if kind == "alphanumeric" else "800123",
        kind=kind,
        can_receive=kind != "alphanumeric",
        registrations=random.choice([None, None, (), ("tcr", "sg-ssir")]),
        provider=random.choice(["", "twilio"]),
    )


def _text(random: Random) -> TextFacts | None:
    if random.random() < 0.2:
        return None
    return TextFacts(
        encoding="GSM-7",
        segments=random.choice([1, 1, 2]),
        names_brand=random.random() < 0.95,
        has_way_out=random.random() < 0.9,
        characters=random.randrange(40, 300),
        elements=random.choice([(), (), ("link",), ("public_shortener",)]),
        reconfirms=random.random() < 0.5,
    )


def _proclamations(random: Random, at: datetime, country: str) -> tuple[Proclamation, ...]:
    if random.random() < 0.9:
        return ()
    start = at.replace(hour=0, minute=0, second=0) - _DAY
    cause = random.choice(list(Cause))
    return (
        Proclamation(
            cause=cause,
            country=country,
            region=None,
            starts_at=start,
            ends_at=start + random.choice([2, 4, 20]) * _DAY,
            name="A flood",
        ),
    )


# --- the command ---------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m yesword.bench.replay", description=__doc__)
    parser.add_argument("what", choices=("record", "check"))
    parser.add_argument("path", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument(
        "--pack", type=Path, action="append", default=[], help="a newer pack, beside those that ship"
    )
    given = parser.parse_args(arguments)
    rules = RuleBook.load()
    if given.pack:
        rules = rules.with_packs(read_packs({each.name: each.read_text("utf-8") for each in given.pack}))
    if given.what == "record":
        print(json.dumps(record(given.path, rules, given.count)))  # noqa: T201 - this is the command's output
        return 0
    found = check(given.path, rules)
    print(json.dumps(asdict(found)))  # noqa: T201
    return 0 if found.same == found.count else 1


if __name__ == "__main__":
    raise SystemExit(main())
