"""From logs and tables to the evidence that the checker wants."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yesword.domain.messages import MessageKind, MessageState
from yesword.faults.evidence import (
    MICROS,
    Attempt,
    Evidence,
    Passing,
    Recorded,
    Start,
    Stop,
    StoredMessage,
)
from yesword.faults.staging import Stage
from yesword.faults.tap import ANSWERED, WRITTEN
from yesword.proof import auditing
from yesword.store import holds, models
from yesword.store.checking import check_store
from yesword.store.database import Row
from yesword.store.opening import Store

STOP: Final = "STOP"
START: Final = "START"
_WORDS: Final = {hashlib.sha256(word.encode()).hexdigest(): word for word in (STOP, START)}
_TOLD: Final = 20  # rows that changed, by name


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Rows that must not change, as they stood at one moment."""

    events: Mapping[int, bytes]  # by id, their leaf hashes
    entries: Mapping[tuple[int, int], int]  # by log and index, their events


def snapshot(store: Store) -> Snapshot:
    with store.database.read() as session:
        events = {row[0]: bytes(row[5]) for row in session.rows("faults_events")}
        entries = {(row[0], row[1]): row[2] for row in session.rows("faults_entries")}
    return Snapshot(events=events, entries=entries)


def changed(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """What was there and is not, or not so."""
    events = (each for each, leaf in before.events.items() if after.events.get(each) != leaf)
    entries = (each for each, event in before.entries.items() if after.entries.get(each) != event)
    for _, event in zip(range(_TOLD), events, strict=False):
        yield f"consent event {event} has changed, or is gone"
    for _, (log, index) in zip(range(_TOLD), entries, strict=False):
        yield f"entry {index} of log {log} has changed, or is gone"


@dataclass(frozen=True, kw_only=True)
class PeerLog:
    taken: list[Passing] = field(default_factory=list)
    stops: dict[str, tuple[int, float]] = field(default_factory=dict)  # by the text's id: who, and when
    starts: dict[str, tuple[int, float]] = field(default_factory=dict)


def lines(log: Path) -> Iterator[Mapping[str, Any]]:
    """Whoever wrote it may have been killed in the middle of its last line."""
    if not log.exists():
        return
    with log.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue


def read_peer(log: Path, places: Mapping[str, int]) -> PeerLog:
    found = PeerLog()
    for line in lines(log):
        if line["event"] == "accepted":
            found.taken.append(
                Passing(
                    at=line["at"],
                    message=int(line["ref"]),
                    person=places.get(line["to"]),
                    sender=line["from"],
                )
            )
        elif line["event"] == "inbound" and (person := places.get(line["from"])) is not None:
            word = _WORDS.get(line["sha256"])
            if word is not None:
                (found.stops if word == STOP else found.starts)[line["id"]] = person, line["at"]
    return found


def read_wire(log: Path, places: Mapping[str, int]) -> tuple[list[Passing], dict[str, float]]:
    """The texts that were written, and when each text of a person was first acknowledged."""
    written: list[Passing] = []
    answered: dict[str, float] = {}
    for line in lines(log):
        if line["event"] == WRITTEN:
            written.append(Passing(at=line["at"], message=line["ref"], person=places.get(line["to"])))
        elif line["event"] == ANSWERED:
            answered.setdefault(line["id"], line["at"])
    return written, answered


def gather(
    store: Store,
    stage: Stage,
    folder: Path,
    other_stops: Iterable[Stop],
    snapshots: Iterable[Snapshot],
) -> Evidence:
    """All of it, when every process has ended."""
    places = {each.number: each.place for each in stage.people}
    peer = read_peer(folder / "peer.jsonl", places)
    written, answered = read_wire(folder / "wire.jsonl", places)
    handled = _handled(store)
    by_text = [
        Stop(
            person=person,
            how="text",
            asked_at=at,
            acknowledged_at=answered.get(text),
            heard_at=handled.get(text),
        )
        for text, (person, at) in peer.stops.items()
    ]
    people = {int(each.contact): each.place for each in stage.people}
    now = snapshot(store)
    running = models.Campaign.objects.exclude(state=models.Campaign.State.DONE)
    return Evidence(
        written=written,
        taken=peer.taken,
        stops=[*by_text, *other_stops],
        starts=[
            Start(person=person, at=handled[text])
            for text, (person, _) in peer.starts.items()
            if text in handled
        ],
        sent_in=len(peer.starts),
        answered=answered,
        handled=frozenset(handled),
        messages=_messages(store, people),
        events=_events(store, people),
        senders={int(each.id): str(each.sender) for each in stage.programs},
        unfinished=list(running.values_list("name", flat=True)),
        held=_held(store),
        changed=[told for before in snapshots for told in changed(before, now)],
        misfits=list(_misfits(store)),
    )


def _held(store: Store) -> list[str]:
    with store.database.read() as session:
        valve = holds.held(session)
    return sorted({*valve.reasons, *(reason for reason, _ in valve.scopes)})


def _misfits(store: Store) -> Iterator[str]:
    """The two audits that an installation has."""
    yield from check_store(store).findings
    for found in auditing.audit(store).misfits.told:
        yield f"{found.where}: {found.sentence}"


def _handled(store: Store) -> dict[str, float]:
    """The texts of people that the store knows, and when they were read."""
    with store.database.read() as session:
        return {text: at / MICROS for text, at in session.rows("faults_handled")}


def _messages(store: Store, people: Mapping[int, int]) -> dict[int, StoredMessage]:
    senders = dict(models.Sender.objects.values_list("pk", "address"))
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    with store.database.read() as session:
        for message, claimed_at, ended_at, outcome, approvals in session.rows("faults_attempts"):
            attempts[message].append(
                Attempt(
                    claimed_at=claimed_at / MICROS,
                    ended_at=None if ended_at is None else ended_at / MICROS,
                    outcome=outcome,
                    is_approved=bool(approvals),
                )
            )
        rows = session.rows("faults_messages")
    return {row[0]: _message(row, people, senders, attempts.get(row[0], [])) for row in rows}


def _message(
    row: Row, people: Mapping[int, int], senders: Mapping[int, str], attempts: list[Attempt]
) -> StoredMessage:
    return StoredMessage(
        id=row[0],
        person=people.get(row[1]),
        program=row[2],
        campaign=row[3],
        sender=senders.get(row[4], ""),
        kind=MessageKind(row[5]),
        state=MessageState(row[6]),
        segments=row[7] or 1,
        reason=row[8],
        due_at=row[9] / MICROS,
        attempts=attempts,
    )


def _events(store: Store, people: Mapping[int, int]) -> dict[int, list[Recorded]]:
    found: dict[int, list[Recorded]] = defaultdict(list)
    with store.database.read() as session:
        for _, contact, kind, program, recorded_at, _ in session.rows("faults_events"):
            if contact in people:
                found[people[contact]].append(Recorded(at=recorded_at / MICROS, kind=kind, program=program))
    return found
