"""Every interleaving of the send path, and the proof that each of its cures is needed: without it the search fails."""

from dataclasses import replace
from pathlib import Path

import pytest

from model.claim_state import (
    AFTER_ACK,
    ENDLESS,
    REVIVED,
    STUCK,
    TOO_EARLY,
    TWICE,
    UNSENT,
    Protocol,
)
from model.search import search

POSTGRESQL = Protocol(vendor="postgresql")
SQLITE = Protocol(vendor="sqlite")
TWO_HOSTS = Protocol(vendor="postgresql", texts=1, is_on_two_hosts=True)
EXPLANATION = Path(__file__).parents[2] / "docs" / "explanation" / "sending.md"


@pytest.mark.parametrize(
    "protocol",
    [
        pytest.param(POSTGRESQL, id="row locks on PostgreSQL"),
        pytest.param(SQLITE, id="one writer on SQLite"),
        pytest.param(TWO_HOSTS, id="two hosts that know each other by leases"),
        pytest.param(replace(POSTGRESQL, texts=1, carrier_sleeps=True), id="a carrier that takes nothing"),
        pytest.param(
            replace(POSTGRESQL, texts=1, is_brought_again=False), id="a stop that never comes again"
        ),
    ],
)
def test_every_history_keeps_the_promises_and_can_end_well(protocol: Protocol) -> None:
    found = search(protocol)
    print(found)  # noqa: T201 - `pytest -s` shows how far the search went
    assert found.fault is None, str(found)
    assert f"{found.states:,}" in EXPLANATION.read_text(encoding="utf-8"), (
        "docs/explanation/sending.md is out of date"
    )


ONE_TEXT = replace(POSTGRESQL, texts=1)
ONE_TEXT_SQLITE = replace(SQLITE, texts=1)
ASLEEP = replace(ONE_TEXT, carrier_sleeps=True)
NEVER_AGAIN = replace(ONE_TEXT, is_brought_again=False)


@pytest.mark.parametrize(
    ("protocol", "fault"),
    [
        pytest.param(replace(ONE_TEXT, row_exists=False), AFTER_ACK, id="the standing exists from the start"),
        pytest.param(
            replace(ONE_TEXT, facts_after_lock=False), AFTER_ACK, id="facts are read after the lock"
        ),
        pytest.param(
            replace(ONE_TEXT_SQLITE, compares_seq=False, cancels=False), AFTER_ACK, id="SQLite compares seq"
        ),
        pytest.param(
            replace(ONE_TEXT_SQLITE, compares_queued=False),
            TWICE,
            id="SQLite looks whether it is still queued",
        ),
        pytest.param(replace(ONE_TEXT, drains=False), AFTER_ACK, id="a stop drains"),
        pytest.param(replace(ONE_TEXT_SQLITE, drains=False), AFTER_ACK, id="a stop drains on SQLite"),
        pytest.param(replace(ONE_TEXT, drains_again=False), AFTER_ACK, id="a redelivered stop drains again"),
        pytest.param(
            replace(ONE_TEXT_SQLITE, drains_again=False),
            AFTER_ACK,
            id="a redelivered stop drains again on SQLite",
        ),
        pytest.param(replace(ONE_TEXT, reaps_only_the_dead=False), AFTER_ACK, id="only the dead are settled"),
        pytest.param(
            replace(ONE_TEXT_SQLITE, reaps_only_the_dead=False),
            AFTER_ACK,
            id="only the dead are settled on SQLite",
        ),
        pytest.param(replace(ONE_TEXT, reaps=False), STUCK, id="the dead are settled"),
        pytest.param(replace(ONE_TEXT, checks_planned=False), REVIVED, id="an old plan is refused"),
        pytest.param(
            replace(ONE_TEXT_SQLITE, checks_planned=False), REVIVED, id="an old plan is refused on SQLite"
        ),
        pytest.param(
            replace(ONE_TEXT, claim_skips=False, cancel_skips=False),
            STUCK,
            id="claim or withdrawal never waits",
        ),
        pytest.param(replace(ASLEEP, recalls=False), ENDLESS, id="a stop calls back what is not yet written"),
        pytest.param(
            replace(ONE_TEXT, gives_back_only_unwritten=False),
            UNSENT,
            id="only what is not written comes back",
        ),
        pytest.param(
            replace(ONE_TEXT, holds_confirmation=False), TOO_EARLY, id="the confirmation waits for the drain"
        ),
        pytest.param(replace(NEVER_AGAIN, releases=False), STUCK, id="a worker releases the confirmation"),
        pytest.param(
            replace(TWO_HOSTS, reaps_only_the_dead=False),
            AFTER_ACK,
            id="the timer ends before the lease does",
        ),
        pytest.param(
            replace(TWO_HOSTS, renews_in_lifeline=False), AFTER_ACK, id="the lease is renewed under the timer"
        ),
        pytest.param(
            replace(TWO_HOSTS, reaper_looks_again=False), AFTER_ACK, id="the reaper looks again as it settles"
        ),
    ],
)
def test_without_this_cure_the_search_finds_a_fault(protocol: Protocol, fault: str) -> None:
    found = search(protocol)
    assert found.fault == fault, str(found)


@pytest.mark.parametrize(
    "protocol",
    [
        pytest.param(replace(ONE_TEXT, groups=False), id="groups of buckets, which are for caps"),
        pytest.param(replace(ONE_TEXT, claim_skips=False), id="a claim that skips, where a withdrawal skips"),
        pytest.param(
            replace(ONE_TEXT, cancel_skips=False), id="a withdrawal that skips, where a claim skips"
        ),
        pytest.param(replace(ONE_TEXT, cancels=False), id="cancelling, where the gate refuses"),
        pytest.param(replace(ONE_TEXT_SQLITE, cancels=False), id="cancelling, where seq is compared"),
        pytest.param(replace(ONE_TEXT_SQLITE, compares_seq=False), id="comparing seq, where a stop cancels"),
        pytest.param(replace(ONE_TEXT, recalls=False), id="calling back, where the carrier answers"),
    ],
)
def test_one_of_two_belts_is_enough(protocol: Protocol) -> None:
    found = search(protocol)
    assert found.fault is None, str(found)


def test_a_fault_is_told_with_one_of_its_shortest_histories() -> None:
    found = search(replace(ONE_TEXT_SQLITE, drains=False))
    assert str(found).endswith(
        "  5. the stop commits\n"
        "  6. the drain is over\n"
        "  7. THE STOP IS ACKNOWLEDGED\n"
        "  8. worker 1 HANDS OVER text 1"
    )
