"""Showing what was sent to one person in a span of time, or that nothing was, without showing anybody else's texts.

Taken are all hand-overs of the brand in that span, and those that they hang on. What follows from them is for
`ledger.silence` to say: here nothing is judged, and what is missing in the store is missing in the file.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.consent.record import open_sections
from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import read_checkpoint
from yesword.ledger.entry import open_disclosure
from yesword.ledger.handed import digest_of, disclose, prove, salt_of, split_leaves, tag_of
from yesword.ledger.handed.moments import whole_millis
from yesword.ledger.silence import Placed, ShownHandOver, Silence
from yesword.ledger.tile_proofs import inclusion_path_from
from yesword.ledger.tiles import TileReader
from yesword.proof import proofs
from yesword.proof.attesting import note_with_cosignatures
from yesword.store import handed, ledgers, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.handed import Batch, Link
from yesword.store.ledgers import LogRow, Place
from yesword.store.opening import Store

_MILLISECOND: Final = timedelta(milliseconds=1)
_OUTCOMES: Final = ("accepted", "refused", "unknown")


class EmptySpanError(YeswordError):
    """The span ends before it begins. Name an earlier time for its start, or a later one for its end."""

    code = "silence_span_empty"


class NoPublishedLogError(YeswordError):
    """The log of {brand} is not published yet, so nothing can be shown from it. It is, within a second, while `yesword serve` runs."""

    code = "silence_no_log"


class HandOversWaitingError(YeswordError):
    """{count} hand-overs of that time are not in the published log yet. Ask again in a moment; if that goes on, `yesword ledger status` says why the log stands still."""

    code = "silence_hand_overs_waiting"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sought:
    """The hand-overs that are to be shown, by id."""

    inside: frozenset[int]  # those of the span
    needed: frozenset[int]  # and those that they hang on
    places: Mapping[int, Place]  # and those that follow, as far as a log has taken them up


@dataclass(frozen=True, kw_only=True, slots=True)
class _Published:
    """A log as it was published: under one checkpoint, whatever is added meanwhile."""

    log: LogRow
    note: str
    size: int
    tiles: TileReader

    def holds(self, place: Place | None) -> bool:
        return place is not None and place.log == self.log.id and place.index < self.size

    def placed(self, place: Place, entry: bytes, disclosures: tuple[str, ...]) -> Placed:
        return Placed(
            index=place.index,
            path=inclusion_path_from(self.tiles, place.index, self.size),
            entry=entry,
            disclosures=disclosures,
        )


def sent_to(store: Store, contact: Contact, since: datetime, until: datetime) -> Silence:
    """What every hand-over from `since` to `until` wrote to this person, both ends included, to the millisecond."""
    since, until = whole_millis(since), whole_millis(until)
    if until < since:
        raise EmptySpanError
    with store.database.read() as session:
        sought = _sought(session, contact, since, until)
        published, person = _published(store, session, contact, sought)
        return Silence(
            origin=published.log.origin,
            subject=contact.subject,
            since=since,
            until=until,
            checkpoint=published.note,
            person=person,
            hand_overs=tuple(_hand_overs(session, contact, published, sought)),
        )


def _sought(session: Session, contact: Contact, since: datetime, until: datetime) -> _Sought:
    # The span is seen in whole milliseconds, as the statements write their times.
    inside = handed.in_span(session, contact.brand, since, until + _MILLISECOND)
    needed = {each.id for each in (*inside, *_supports(session, contact, inside, since))}
    following = {each.id for each in _following(session, contact, inside)}
    return _Sought(
        inside=frozenset(each.id for each in inside),
        needed=frozenset(needed),
        places=ledgers.places(session, needed | following),
    )


def _published(
    store: Store, session: Session, contact: Contact, sought: _Sought
) -> tuple[_Published, Placed | None]:
    """The newest checkpoint that a witness has seen, if it shows no less than the newest of all does; and the person."""
    known = ledgers.logs(session, contact.brand)
    note = proofs.published_note(store, session, known[-1]) if known else None
    if note is None:
        raise NoPublishedLogError(brand=programs.brand(contact.brand).name)
    newest = _under(session, known[-1], note)
    person = _person(store, session, contact, newest)
    size = proofs.witnessed_size(session, newest.log)
    wanted = [place.index for place in sought.places.values() if newest.holds(place)]
    if max(wanted, default=0) < size:
        seen = _under(session, newest.log, note_with_cosignatures(session, newest.log, size))
        person_then = _person(store, session, contact, seen)
        if person_then or not person:
            return seen, person_then
    return newest, person


def _under(session: Session, log: LogRow, note: str) -> _Published:
    return _Published(
        log=log,
        note=note,
        size=read_checkpoint(note).size,
        tiles=functools.lru_cache(maxsize=1024)(ledgers.tile_reader(session, log.id)),
    )


def _hand_overs(
    session: Session, contact: Contact, published: _Published, sought: _Sought
) -> Iterator[ShownHandOver]:
    places = {each: place for each, place in sought.places.items() if published.holds(place)}
    if waiting := sought.needed - places.keys():
        raise HandOversWaitingError(count=len(waiting))
    statements = {each.id: each for each in ledgers.statements(session, sorted(places))}
    for place in sorted(places.values(), key=lambda place: place.index):
        statement = statements.get(place.event)
        if statement is None:
            continue
        placed = published.placed(place, statement.entry, statement.disclosures)
        batch = handed.read(session, place.event) if place.event in sought.inside else None
        if batch is None:
            yield ShownHandOver(statement=placed, excerpt=None)
            continue
        tag = tag_of(contact.subject, batch.nonce)
        yield ShownHandOver(
            statement=placed,
            excerpt=prove(batch.leaves, tag),
            texts=tuple(_texts(session, contact, batch, tag)),
        )


def _supports(session: Session, contact: Contact, inside: list[Link], since: datetime) -> list[Link]:
    """What those of the span hang on: the one before in each process, and the newest of others that they name."""
    seen, found = {each.id for each in inside}, []
    todo = list(inside)
    is_inside = frozenset(seen)
    while todo:
        each = todo.pop()
        if each.last_at < since:
            continue
        wanted = handed.in_chain(session, contact.brand, each.chain, each.n - 1)
        if each.id in is_inside and each.after_id is not None:
            named = handed.link(session, each.after_id)
            wanted += [named] if named else []
        fresh = [link for link in wanted if link.id not in seen]
        seen.update(link.id for link in fresh)
        found += fresh
        todo += fresh
    return found


def _following(session: Session, contact: Contact, inside: list[Link]) -> list[Link]:
    """The next one of each process, which shows where its hand-overs of the span end."""
    newest: dict[str, int] = {}
    for each in inside:
        newest[each.chain] = max(newest.get(each.chain, 0), each.n)
    return [
        link for chain, n in newest.items() for link in handed.in_chain(session, contact.brand, chain, n + 1)
    ]


def _texts(session: Session, contact: Contact, batch: Batch, tag: bytes) -> Iterator[str]:
    """The person's own texts in a batch, as far as the rows of which they were made still stand."""
    closed = {leaf[len(tag) :] for leaf in split_leaves(batch.leaves) if leaf.startswith(tag)}
    if not closed:
        return
    for each in handed.attempted(
        session, contact.brand, contact.id, contact.subject, batch.first_at, batch.last_at
    ):
        salt = salt_of(batch.secret, each.attempt)
        for outcome in _OUTCOMES:
            disclosure = disclose(replace(each.text, outcome=outcome), salt)
            if digest_of(disclosure) in closed:
                yield disclosure


def _person(store: Store, session: Session, contact: Contact, published: _Published) -> Placed | None:
    """The person's newest record in the log that says whose number it is, with nothing else of it open."""
    seal = store.vault.seal(contact.id)
    if seal is None:
        return None
    rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
    places = ledgers.places(session, [row[0] for row in rows])
    origin = programs.brand(contact.brand).origin
    for row_id, _, sealed, _, entry, _ in reversed(rows):
        place = places.get(row_id)
        if sealed is None or place is None or not published.holds(place):
            continue
        for disclosure in open_sections(seal, bytes(sealed), origin, row_id):
            if open_disclosure(disclosure)[0] == "subject":
                return published.placed(place, bytes(entry), (disclosure,))
    return None
