"""However many rows there are, nothing that sends, takes in or records reads a whole table that grows.

Each query is planned by a real PostgreSQL whose tables are full. What is hot is listed by file, so that a new query in one
of these files is held to it, and a new file has to be put into one of the two lists.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest

from factories.emptied import Databases
from factories.filled import CLAIM, Index, fill, plan_of, read_indexes, read_whole
from factories.worlds import ANNA, world
from yesword.channels.ports import DeliveryReport, ReportState
from yesword.proof.sequencer import Sequencer
from yesword.sending import deliveries, halting, recovery
from yesword.store import database
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.schema.distribution import distribution

pytestmark = pytest.mark.postgres

HOT: Final = (
    *(
        "messages",
        "record",
        "inbound",
        "holds",
        "pacing",
        "handed",
        "parts",
        "ledger",
        "contacts",
        "suppressions",
    ),
    *("webhooks", "departures", "triage", "confirming", "leaving", "links", "collection", "codes", "hooks"),
    *("watching", "running", "dead-numbers", "registries", "programs"),
)
# Of other files: asked when a text comes in or goes.
BESIDES: Final = ("contests_on_sender", "invitations_that_joined", "unfinished_erasures")
# Asked by somebody who looks at a page or runs a command, or once in a while: never while a text waits for the answer.
NOT_HOT: Final = frozenset(
    {
        *(
            "access",
            "attesting",
            "auditing",
            "audits",
            "breaches",
            "console-campaigns",
            "console-people",
            "contests",
        ),
        *(
            "erasing",
            "evidence",
            "exclusions",
            "faults",
            "imports",
            "invitations",
            "keys",
            "opt-outs",
            "packs",
        ),
        *("privacy", "proving"),
        *("renewals", "repercussions", "reputation", "restricting", "retaining", "strays", "trail"),
    }
)
# Queries of hot files that read much, and why they may.
MAY: Final = {
    "count_events": "counting for a figure",
    "count_of_brand": "once, where a log is continued after a restore",
    "reenter_events": "once, where a log is continued after a restore",
    "forget_days": "a row a limit and day, and only days that are not over",
    "purge_parts": "once an hour, over what waits for its rest",
    "purge_deliveries": "once a day",
    "purge_asked_numbers": "once a day",
    "roll_up_sent": "once an hour, over figures that are forgotten as they are added up",
    "forget_rolled_up": "once an hour, over figures that are forgotten as they are added up",
    "running_counts": "counts what waits for the ledger, which is next to nothing",
    "suppression_peppers": "when keys are checked or replaced",
    "links_of_kind": "a page of the console",
    "has_registry_answers": "whether there is any row: it ends at the first one",
    "count_registry_answers": "counting for a figure",
}


def _names(file: str) -> list[str]:
    text = (resources.files("yesword.store") / "queries" / f"{file}.sql").read_text(encoding="utf-8")
    known = database.queries("postgresql")
    return [name for name in dict.fromkeys(database._NAME.split(text)[1::3]) if name in known]


HOT_QUERIES: Final = [*(name for file in HOT for name in _names(file)), *BESIDES]


@dataclass(frozen=True, kw_only=True)
class Full:
    connection: psycopg.Connection[Any]
    grown: frozenset[str]
    indexes: dict[str, Index]

    def read_whole(self, name: str, given: dict[str, Any] | None = None) -> list[str]:
        return read_whole(plan_of(self.connection, name, given), self.grown, self.indexes)


@pytest.fixture(scope="module")
def full(postgres: tuple[Databases, object]) -> Iterator[Full]:
    """A database of its own: what has been so full is not given to another test."""
    databases, _ = postgres
    name = f"yesword_full_{uuid4().hex[:8]}"
    with psycopg.connect(databases.server, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{databases.template}"')
        try:
            with contextlib.closing(psycopg.connect(databases.url(name), autocommit=True)) as connection:
                fill(connection)
                grown = frozenset(each for group in distribution().groups for each in group.tables)
                yield Full(connection=connection, grown=grown, indexes=read_indexes(connection))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_every_file_of_queries_is_hot_or_is_not() -> None:
    files = {each.name for each in (resources.files("yesword.store") / "queries").iterdir()}
    assert {each.removesuffix(".sql") for each in files if each.endswith(".sql")} == {*HOT, *NOT_HOT}
    assert not NOT_HOT & set(HOT)


@pytest.mark.parametrize("name", [each for each in HOT_QUERIES if each not in MAY])
def test_a_hot_query_reads_a_range_of_an_index(full: Full, name: str) -> None:
    assert full.read_whole(name) == []


@pytest.mark.parametrize(
    "name",
    [
        *("lock_standings", "standings", "standings_to_write", "contacts_by_id", "senders_of_contacts"),
        *("recent_texts", "last_texts", "requests_before", "last_handed", "queued_of"),
    ],
)
def test_a_thousand_people_are_asked_for_person_by_person(full: Full, name: str) -> None:
    """Of many buckets and many people at once, a server would read all that lies in these buckets, or everything."""
    assert full.read_whole(name, CLAIM) == []
    conditions = _conditions(plan_of(full.connection, name, CLAIM))
    assert not [each for each in conditions if re.fullmatch(r"\(bucket = ANY .*\)", each)]


def _conditions(plan: dict[str, Any]) -> list[str]:
    deeper = [each for step in plan.get("Plans", ()) for each in _conditions(step)]
    return [plan.get("Index Cond", ""), *deeper]


@pytest.mark.parametrize("name", MAY)
def test_what_may_read_much_does(full: Full, name: str) -> None:
    """Or it needs no leave any more."""
    assert name in HOT_QUERIES
    assert full.read_whole(name)


def test_whatever_a_text_asks_on_its_way_is_hot(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joining, a campaign, its reports, a stop, a start, a question, a halt, a worker that died, and the ledger."""
    asked: set[str] = set()
    plain = Session._sql

    def noted(session: Session, name: str) -> str:
        asked.add(name)
        return plain(session, name)

    with world(postgresql_store) as here:
        monkeypatch.setattr(Session, "_sql", noted)
        here.join()
        here.members(3)
        here.campaign()
        here.settle()
        (ref,) = here.sql("SELECT provider_id FROM provider_ref ORDER BY message_id LIMIT 1")[0]
        report = DeliveryReport(
            account=here.account.key, provider_id=ref, state=ReportState.DELIVERED, at=here.at
        )
        deliveries.keep(here.store, here.account.pk, [report])
        here.text(ANNA, "HELP")
        here.text(ANNA, "STOP")
        here.text(ANNA, "START")
        halting.halt(here.store, here.at)
        halting.resume(here.store, here.at, reason="all is well")
        recovery.enrol(here.store, "dead", here.at)
        recovery.reap(here.store, here.at, keep=here.dispatcher.owner)
        Sequencer(store=here.store, clock=lambda: here.at).round()
    assert len(asked) > 80
    assert asked - set(HOT_QUERIES) == set()
