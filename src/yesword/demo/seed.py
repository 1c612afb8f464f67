"""Invented people with a past. Who they are and what they texted is in `people.csv`; here it is lived through.

What they texted goes the way of every text, at the moments when it was sent, so that timelines, evidence and answers
are real. Numbers are ones set aside for fiction where a country has such and the numbering plan takes them (Sweden,
Germany, North America); those of the Netherlands, Denmark and Britain are made up.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from yesword.channels.ports import InboundText
from yesword.consent import meet
from yesword.demo.brand import Demo
from yesword.domain import phone
from yesword.domain.errors import YeswordError
from yesword.domain.languages import language_of
from yesword.domain.places import Whereabouts, places_for
from yesword.sending.inbound import may_acknowledge, receive
from yesword.store import contacts, programs
from yesword.store.contacts import NewContact
from yesword.store.opening import Store

_COLUMNS: Final = ["name", "number", "region", "location", "interest", "purchase", "texts"]
# "40d club SAVEMORE | club JA": so long ago, to which program, in which words; without a time, soon after the last.
_STEP: Final = re.compile(r"(?:(?P<count>\d+)(?P<unit>[dh]) )?(?P<program>[a-z]+) (?P<words>\S.*)")
_KNOWN_BEFORE: Final = timedelta(days=12)  # bought something, so long before the first text
_HANDED_OVER: Final = timedelta(seconds=1)  # what a text brings about is settled after so long
_SOURCE: Final = "shop"


class DemoPeopleError(YeswordError):
    """Row {row} of the demo's people cannot be read: {problem}. Correct the table."""

    code: ClassVar[str] = "bad_demo_people"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One text of a person. `ago` is None for one that follows soon after the one before."""

    ago: timedelta | None
    program: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Person:
    row: int
    name: str
    number: phone.PhoneNumber
    region: str | None
    attributes: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeded:
    """How many people are new, and what became of their texts. All nothing when they were there already."""

    people: int
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """A step at its moment."""

    at: datetime
    person: Person
    number: int  # of the step, for the provider's id
    step: Step


def seed_people(store: Store, demo: Demo, clock_now: datetime, settle: Callable[[datetime], None]) -> Seeded:
    """Let the people live up to `clock_now`. `settle` is called with each moment at which texts are due.

    Texts keep their ids, so that a seeding that was cut short goes on where it stopped, and a second one does nothing.
    """
    people = read_people()
    sent = sorted(_schedule(people, clock_now), key=lambda each: (each.at, each.person.row, each.number))
    with store.database.read() as session:
        last = session.first("inbound_ref", account_id=demo.account, provider_id=_provider_id(sent[-1]))
    if last is not None:
        return Seeded(people=0, outcomes=())
    made = _introduce(store, demo, {each.person: each.at for each in reversed(sent)})
    outcomes: Counter[str] = Counter()
    for each in sent:
        outcomes[_text(store, demo, each)] += 1
        settle(each.at + _HANDED_OVER)
    return Seeded(people=made, outcomes=tuple(outcomes.most_common()))


def read_people() -> tuple[Person, ...]:
    """The people of the table; refuses what it cannot read."""
    table = resources.files(__package__).joinpath("people.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines())
    if rows.fieldnames != _COLUMNS:
        raise DemoPeopleError(row=1, problem=f"columns are {rows.fieldnames}")
    return tuple(_person(number, row) for number, row in enumerate(rows, start=2))


def _person(number: int, row: dict[str, str]) -> Person:
    try:
        parsed = phone.parse(row["number"], country=None)
    except phone.PhoneError as error:
        raise DemoPeopleError(row=number, problem=error.message) from error
    attributes = (
        ("location", row["location"]),
        ("category of interest", row["interest"]),
        ("past purchase", row["purchase"]),
    )
    return Person(
        row=number,
        name=row["name"],
        number=parsed,
        region=row["region"] or None,
        attributes=tuple((key, value) for key, value in attributes if value),
        steps=tuple(_step(number, written) for written in row["texts"].split(" | ")),
    )


def _step(row: int, written: str) -> Step:
    found = _STEP.fullmatch(written)
    if found is None:
        raise DemoPeopleError(row=row, problem=f"the step {written!r}")
    ago = None
    if found["count"]:
        ago = timedelta(**{"d": {"days": 1}, "h": {"hours": 1}}[found["unit"]]) * int(found["count"])
    return Step(ago=ago, program=found["program"], words=found["words"])


def _schedule(people: Sequence[Person], now: datetime) -> Iterator[_Sent]:
    """Days ago: by day where the person is. Hours ago: just then. The minutes differ from row to row, not by chance."""
    for person in people:
        zone = ZoneInfo(places_for(person.number, stated_region=person.region)[0].zone)
        today = now.astimezone(zone).date()
        at: datetime | None = None
        for number, step in enumerate(person.steps):
            if step.ago is not None and step.ago >= timedelta(days=1):
                minutes = person.row * 97 % (10 * 60)
                opening = datetime.combine(today - step.ago, time(9), zone).astimezone(UTC)
                at = opening + timedelta(minutes=minutes, seconds=person.row * 7 % 60)
            elif step.ago is not None:
                at = now - step.ago
            elif at is None:
                raise DemoPeopleError(row=person.row, problem="the first step has no time")
            else:
                at += timedelta(seconds=40 + person.row * 23 % 160)
            yield _Sent(at=at, person=person, number=number, step=step)


def _introduce(store: Store, demo: Demo, first_texts: Mapping[Person, datetime]) -> int:
    """Make them customers of the brand, with a name and a past, but without any permission."""
    brand = programs.brand(demo.brand)
    keys = contacts.prepare(store, demo.brand, [person.number.e164 for person in first_texts])
    made = 0
    with store.database.write() as session:
        for (person, at), (contact_id, seal) in zip(first_texts.items(), keys, strict=True):
            new = NewContact(
                id=contact_id,
                seal=seal,
                number=person.number,
                brand=demo.brand,
                name=person.name,
                language=language_of(person.number.country),
                attributes=person.attributes,
                whereabouts=Whereabouts(stated_region=person.region),
                source=_SOURCE,
            )
            made += len(meet(store, session, brand, [new], at - _KNOWN_BEFORE))
    return made


def _text(store: Store, demo: Demo, sent: _Sent) -> str:
    text = InboundText(
        account=demo.account_key,
        provider_id=_provider_id(sent),
        sender_number=sent.person.number.e164,
        to_address=demo.program(sent.step.program).sender,
        text=sent.step.words,
        received_at=sent.at,
    )
    handled = receive(store, demo.account, text, sent.at)
    is_drained = may_acknowledge(store, handled)
    assert is_drained, "nothing else is sending while the past is lived through"
    return handled.what


def _provider_id(sent: _Sent) -> str:
    return f"demo-{sent.person.row:03}-{sent.number}"
