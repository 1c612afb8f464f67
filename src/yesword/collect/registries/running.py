"""From a file of answers to what is kept: numbers are looked up, and those that nobody has are only counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from yesword.collect.imports.running import known_country
from yesword.collect.registries.known import Registry
from yesword.collect.registries.reading import Line, read_answers
from yesword.domain.facts import Listed, RegistryFact
from yesword.domain.ids import BrandId, ContactId
from yesword.store import contacts, models, registries
from yesword.store.database import Session
from yesword.store.opening import Store

_BATCH: Final = 1000
_MOST_LINES: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """How a file of answers is to be read."""

    checked_at: datetime  # when the registry was asked
    is_listed: bool | None = None  # True: all in the file are; False: none is; None: a column says
    country: str | None = None  # of national numbers; by default the registry's own


@dataclass(kw_only=True, slots=True)
class Answered:
    """What became of the lines. One number may be several people's, each of another brand."""

    lines: int = 0
    listed: int = 0  # lines
    people: int = 0  # of whom an answer is kept now
    changed: int = 0  # of these, those with a newer or another answer than before
    unknown: int = 0  # numbers that nobody has: not kept
    unreadable: int = 0
    unreadable_lines: list[int] = field(default_factory=list)  # the first of them


def keep_answers(store: Store, path: Path, registry: Registry, asking: Asking) -> Answered:
    """Keep what the registry said of the numbers of our people. Running it again changes nothing.

    Raises an `ImportFileError`, `UnknownCountryError` or OSError before anything is kept.
    """
    country = known_country(asking.country) if asking.country else registry.country
    lines = read_answers(path, country=country, is_listed=asking.is_listed, at=asking.checked_at)
    brands = [BrandId(pk) for pk in models.Brand.objects.order_by("pk").values_list("pk", flat=True)]
    found = Answered()
    while batch := list(islice(lines, _BATCH)):
        _keep_batch(store, brands, registry, asking, batch, found)
    return found


def _keep_batch(
    store: Store,
    brands: Iterable[BrandId],
    registry: Registry,
    asking: Asking,
    batch: Iterable[Line],
    found: Answered,
) -> None:
    readable: dict[str, Line] = {}
    for line in batch:
        found.lines += 1
        if line.number is None or line.is_listed is None:
            found.unreadable += 1
            if len(found.unreadable_lines) < _MOST_LINES:
                found.unreadable_lines.append(line.line)
            continue
        found.listed += line.is_listed
        readable[line.number.e164] = line
    with store.database.read() as session:
        people = dict(_people(store, brands, session, readable))
    known = {line.number for line in people.values()}
    found.unknown += len(readable) - len(known)
    found.people += len(people)
    answers = [(contact, _answer(registry, asking, line)) for contact, line in people.items()]
    with store.database.write() as session:
        found.changed += registries.keep(session, answers)


def _people(
    store: Store, brands: Iterable[BrandId], session: Session, lines: dict[str, Line]
) -> Iterator[tuple[ContactId, Line]]:
    for brand in brands:
        for number, contact in contacts.find_many(store, session, brand, list(lines)).items():
            yield contact, lines[number]


def _answer(registry: Registry, asking: Asking, line: Line) -> RegistryFact:
    return RegistryFact(
        registry=registry.id,
        listed=Listed.YES if line.is_listed else Listed.NO,
        checked_at=asking.checked_at,
        since=line.since,
    )
