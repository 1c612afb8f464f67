"""Figures on filtering and carriers' rules (mission G1): each text that a carrier refused counts once, by what its code means."""

from datetime import timedelta

import pytest

from factories.worlds import ANNA, World, world
from yesword.channels.errors import CarrierError
from yesword.channels.ports import DeliveryReport, Outcome, OutcomeStatus, ReportState
from yesword.domain.ids import ProgramId
from yesword.reporting import refused
from yesword.reporting.refused import CAUSES, Cause, CodeLine, Refused
from yesword.sending import deliveries, handing
from yesword.store.opening import Store

BEN, CARA = "+31612340001", "+31612340002"
A_MONTH = timedelta(days=30)


def counted(here: World, program: ProgramId | None = None) -> Refused:
    until = here.at + timedelta(minutes=1)
    return refused.count(here.store, here.club.brand, here.at - A_MONTH, until, program)


def reported(here: World, number: str, meaning: CarrierError | None, code: str = "30007") -> None:
    """The carrier did not deliver the newest text to this number."""
    ((message,),) = here.sql(
        "SELECT id FROM message WHERE contact_id = %s AND kind = 'campaign'", here.contact(number).id
    )
    ((provider,),) = here.sql("SELECT provider_id FROM attempt WHERE message_id = %s", message)
    report = DeliveryReport(
        account=here.account.key,
        provider_id=provider,
        state=ReportState.FAILED,
        error_code=code,
        meaning=meaning,
        at=here.at,
    )
    deliveries.keep(here.store, here.account.pk, [report, report])
    deliveries.apply(here.store)
    deliveries.apply(here.store)


def sent(here: World) -> None:
    here.members(3, numbers=[ANNA, BEN, CARA])
    here.wait(days=1)
    here.campaign()
    here.settle()


def test_what_a_report_means_counts_for_sender_program_and_day(store: Store) -> None:
    with world(store) as here:
        sent(here)
        reported(here, ANNA, CarrierError.FILTERED)
        reported(here, BEN, CarrierError.UNKNOWN_SUBSCRIBER, "30005")
        found = counted(here)
        assert (found.texts, found.refused, found.grave) == (3, 2, 1)
        assert found.meanings == {CarrierError.FILTERED: 1, CarrierError.UNKNOWN_SUBSCRIBER: 1}
        assert sum(found.grave_by_day) == 1
        assert found.grave_by_day[-1] == 1
        (sender,) = found.senders
        assert (sender.name, sender.texts) == ("800123", 3)
        assert sender.causes == {Cause.FILTERED: 1, Cause.NUMBER: 1}
        assert sender.grave_share == pytest.approx(1 / 3)
        (program,) = found.programs
        assert (program.key, program.name) == (here.club.id, here.club.key)
        assert set(found.codes) == {
            CodeLine(code="30007", meaning=CarrierError.FILTERED, count=1),
            CodeLine(code="30005", meaning=CarrierError.UNKNOWN_SUBSCRIBER, count=1),
        }
        assert counted(here, here.events.id).refused == 0
        assert counted(here, here.club.id).refused == 2


def test_a_refusal_at_once_counts_as_a_report_does(store: Store) -> None:
    with world(store) as here:
        here.plan(here.members(1, numbers=[ANNA])[0])
        (taken,) = here.claim_all()
        (claimed,) = taken.claimed
        outcome = Outcome(
            message_id=claimed.judged.queued.id,
            attempt_id=claimed.attempt,
            status=OutcomeStatus.REFUSED,
            error_code="40010",
            meaning=CarrierError.CARRIER_VIOLATION,
        )
        handing.record(here.store, taken, [outcome], here.at)
        found = counted(here)
        assert (found.texts, found.refused, found.of(Cause.VIOLATION)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("meaning", "code", "read"),
    [
        pytest.param("filtered", "30007", CarrierError.FILTERED, id="as it was written down"),
        pytest.param(None, "opted_out", CarrierError.OPTED_OUT, id="a code of our own"),
        pytest.param(None, "30007", CarrierError.OTHER, id="a code that nobody explained"),
        pytest.param(None, "", CarrierError.OTHER, id="no code at all"),
        pytest.param("of_a_later_version", "1", CarrierError.OTHER, id="a meaning that we do not know"),
    ],
)
def test_what_a_code_means(meaning: str | None, code: str, read: CarrierError) -> None:
    assert refused.meaning_of(meaning, code) is read


def test_every_meaning_has_a_cause() -> None:
    assert CAUSES.keys() == set(CarrierError)


def test_the_rows_of_a_file_add_up(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        sent(here)
        reported(here, ANNA, CarrierError.SPAM_REPORT, "+31612345678")
        rows = refused.as_rows(counted(here))
    whole = next(row for row in rows if row["about"] == "all")
    assert (whole["texts"], whole["refused"], whole["violation"]) == (3, 1, 1)
    days = [row for row in rows if row["about"] == "day_filtered_or_violating"]
    assert sum(int(row["refused"] or 0) for row in days) == 1
    assert all(row.keys() == set(refused.COLUMNS) for row in rows)
    assert "•••" in [row["which"] for row in rows], "a carrier may put anything into a code"


def test_answers_to_people_are_neither_texts_nor_refused(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        here.join(ANNA)
        found = counted(here)
        assert (found.texts, found.refused) == (0, 0)
        assert not found.senders
