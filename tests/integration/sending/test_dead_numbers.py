"""A number of which carriers say on several days that nobody has it gets nothing more; once, or on one day, is no proof."""

import pytest

from factories.databases import on_both
from factories.worlds import ANNA, world
from yesword.channels.errors import CarrierError
from yesword.channels.ports import DeliveryReport, Outcome, OutcomeStatus, ReportState
from yesword.domain.messages import MessageState
from yesword.reporting.people import read_events
from yesword.sending import dead_numbers, deliveries, handing
from yesword.store.models import AuditEntry

DEAD, GONE = CarrierError.UNKNOWN_SUBSCRIBER, CarrierError.DEACTIVATED


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        made.join()
        made.settle()
        made.wait(hours=1)
        yield made


def refuse(here, meaning=DEAD, who=None):
    """The carrier does not take the next text, and says why."""
    message = here.plan(who or here.contact().id)
    for taken in here.claim_all():
        outcomes = [
            Outcome(
                message_id=each.judged.queued.id,
                attempt_id=each.attempt,
                status=OutcomeStatus.REFUSED,
                error_code="EC_1",
                meaning=meaning,
            )
            for each in taken.claimed
        ]
        handing.record(here.store, taken, outcomes, here.at)
    return message


def report(here, state=ReportState.FAILED, meaning=DEAD):
    """A text went, and later the carrier says what became of it."""
    message = here.plan(here.contact().id)
    here.settle()
    ((provider_id,),) = here.sql("SELECT provider_id FROM provider_ref WHERE message_id = %s", message)
    item = DeliveryReport(
        account=here.account.key,
        provider_id=provider_id,
        state=state,
        error_code="1",
        meaning=meaning if state is ReportState.FAILED else None,
        at=here.at,
    )
    deliveries.keep(here.store, here.account.pk, [item])
    deliveries.apply(here.store, at=here.at)
    return message


def is_in(here):
    return here.state().grant_for(here.club.id) is not None


def finding(here):
    person = here.contact()
    return dead_numbers.found_of(here.store, person.id, person.brand)


@on_both
def test_on_a_third_day_everything_ends_by_an_event_of_its_own(here):
    for day in range(3):
        assert is_in(here), f"after {day} days"
        refuse(here) if day else report(here)
        here.wait(days=1)
    assert not is_in(here)
    event = max(read_events(here.store, here.contact()), key=lambda each: each.event.seq)
    assert (event.event.kind.value, event.event.route, event.event.reason) == (
        "invalidated",
        "dead_number",
        "unknown_subscriber",
    )
    assert event.context["days"] == 3
    assert here.contact().hidden_since is not None, "whoever has the number next is another person"
    assert AuditEntry.objects.filter(action="number.dead").count() == 1
    message = here.plan(here.contact().id)
    here.settle()
    assert here.message(message)[0] in (MessageState.REFUSED, MessageState.CANCELLED)
    assert finding(here).is_over
    assert dead_numbers.sweep(here.store, here.at) == 0, "once is enough"


@on_both
def test_several_errors_of_one_day_are_one(here):
    for _ in range(4):
        refuse(here)
    assert is_in(here)
    assert (finding(here).days, finding(here).errors, finding(here).limit) == (1, 4, 3)


@pytest.mark.parametrize(
    "sign", [pytest.param("delivered", id="a text arrived"), pytest.param("wrote", id="they wrote")]
)
@on_both
def test_a_sign_that_somebody_is_there_begins_the_count_anew(here, sign):
    for _ in range(2):
        refuse(here)
        here.wait(days=1)
    if sign == "delivered":
        report(here, ReportState.DELIVERED)
    else:
        here.text(ANNA, "what are your hours")
    assert finding(here) is None
    here.wait(days=1)
    refuse(here, GONE)
    assert is_in(here)
    assert (finding(here).days, finding(here).meaning) == (1, GONE)


def test_start_brings_back_nothing_that_a_former_owner_had_and_a_keyword_joins_anew(here):
    for _ in range(3):
        refuse(here)
        here.wait(days=1)
    here.text(ANNA, "START")
    assert not is_in(here)
    here.join()
    assert is_in(here)
    refuse(here)
    assert is_in(here), "what was said before they wrote does not count any more"


def test_other_errors_end_nothing(here):
    for _ in range(5):
        refuse(here, CarrierError.FILTERED)
        here.wait(days=1)
    assert is_in(here)
    assert finding(here) is None


def test_a_brand_sets_its_own_limit_and_none_at_all(here):
    dead_numbers.keep_limit(here.club.brand, 0, None)
    for _ in range(4):
        refuse(here)
        here.wait(days=1)
    assert is_in(here)
    assert finding(here).days == 4
    dead_numbers.keep_limit(here.club.brand, 2, None)
    assert dead_numbers.sweep(here.store, here.at) == 1, "the daily sweep heeds a new limit"
    assert not is_in(here)


@on_both
def test_findings_are_listed_newest_first(here):
    (ben,) = here.members(1)
    refuse(here)
    here.wait(days=1)
    refuse(here, GONE, ben)
    lines = dead_numbers.lines(here.store, here.club.brand, here.at, 10)
    assert [(each.contact, each.finding.meaning) for each in lines] == [
        (ben, GONE),
        (here.contact().id, DEAD),
    ]


@on_both
def test_a_report_that_says_opted_out_is_a_withdrawal(here):
    report(here, meaning=CarrierError.OPTED_OUT)
    assert here.state().withdrawal_for(here.club.id).route == "carrier_block"
