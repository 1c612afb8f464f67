"""Texts that can be given to nobody at once: whose number it is is found out, or they are kept until somebody has looked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from factories.worlds import ANNA, CLUB, World, world
from yesword.channels.ports import InboundText
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.reporting import alerts
from yesword.reporting.alerts import AlertKind
from yesword.sending import rereading, strays, taking
from yesword.sending.strays import NoSuchStrayError, Why
from yesword.store import models, prepared_keys
from yesword.store.opening import Store
from yesword.telemetry.catalogue import STRAYS
from yesword.telemetry.tally import TALLY

DIALLED = "0612345678"  # Anna's, as the Dutch dial it
JUNK = "11111111111111111111"


@pytest.fixture
def here(store: Store) -> Iterator[World]:
    with world(store) as made:
        made.join(ANNA)
        yield made


def put_brand_in(here: World, country: str) -> None:
    models.Brand.objects.filter(pk=here.club.brand).update(country=country)


@pytest.mark.parametrize(
    "written", [ANNA, "31612345678", DIALLED, "612345678", "0031612345678", "+0612345678"]
)
def test_a_stop_ends_texts_however_its_number_is_written(here: World, written: str) -> None:
    assert here.receive(written, "STOP").what == "withdrawn"
    assert here.kinds(ANNA)[-1] == "withdrawn"
    assert strays.waiting(here.store) == []


def test_the_account_says_where_home_is_and_then_its_numbers_do(here: World) -> None:
    put_brand_in(here, "US")
    models.Sender.objects.create(account=here.account, address="+46700000001", kind="long_code")
    here.account.settings = {"addresses": {"country_code": "31"}}
    here.account.save()
    assert here.receive(DIALLED, "STOP").what == "withdrawn"


def test_the_number_that_was_texted_says_where_home_is(here: World) -> None:
    put_brand_in(here, "US")
    models.Sender.objects.filter(address=CLUB).update(address="+31612999999")
    assert here.receive(DIALLED, "STOP", to="+31612999999").what == "withdrawn"


def test_the_number_that_was_texted_is_asked_before_the_others_of_the_account(here: World) -> None:
    models.Sender.objects.filter(address=CLUB).update(address="+4520000001")
    models.Sender.objects.create(account=here.account, address="+37120000001", kind="long_code")
    assert here.receive("20123456", "SAVEMORE", to="+4520000001").what == "asked"
    assert here.kinds("+4520123456") == ["requested"]


@pytest.mark.parametrize(
    ("written", "body", "to", "why"),
    [
        pytest.param(JUNK, "STOP", CLUB, Why.NUMBER, id="a stop from no number"),
        pytest.param(JUNK, "hello there", CLUB, Why.NUMBER, id="any words from what looks like one"),
        pytest.param(DIALLED + "99", "please do not text me", CLUB, Why.NUMBER, id="a stop in its own words"),
        pytest.param("VERIFY", "STOP", CLUB, Why.NUMBER, id="a stop from a name"),
        pytest.param("12345", "stop", CLUB, Why.NUMBER, id="a stop from a code"),
        pytest.param("", "STOP", CLUB, Why.NUMBER, id="a stop from nothing"),
        pytest.param(ANNA, "STOP", "999999", Why.ADDRESS, id="a stop to where no program is"),
    ],
)
def test_what_may_be_a_stop_is_kept_for_somebody(
    here: World, written: str, body: str, to: str, why: Why
) -> None:
    before = _counted(here, "kept")
    with capture_logs() as told:
        assert here.receive(written, body, to=to, ref="first").what == "nobody"
        assert here.receive(written, body, to=to, ref="first").what == "nobody"
    (stray,) = strays.waiting(here.store)
    assert stray.text is not None
    assert (stray.why, stray.text.sender_number, stray.text.text) == (why, written, body)
    assert stray.is_stop is (body != "hello there")
    assert alerts.look(here.store, here.at) & {(AlertKind.STRAY_TEXTS, f"account {here.account.key}")}
    assert _counted(here, "kept") == before + 1
    (line,) = [each for each in told if each["event"] == "text_for_nobody_kept"]
    assert not written or written not in str(line)


@pytest.mark.parametrize(
    ("written", "body", "to"),
    [
        pytest.param("VERIFY", "Your code is 12345. Reply STOP to opt out.", CLUB, id="a firm with a name"),
        pytest.param("12345", "10% off today! STOP to stop", CLUB, id="a firm with a code"),
        pytest.param(ANNA, "hello there", "999999", id="somebody else's use of the account"),
    ],
)
def test_adverts_are_counted_and_not_kept(here: World, written: str, body: str, to: str) -> None:
    before = _counted(here, "passed_over")
    assert here.receive(written, body, to=to).what == "nobody"
    assert strays.waiting(here.store) == []
    assert _counted(here, "passed_over") == before + 1
    assert AlertKind.STRAY_TEXTS not in {kind for kind, _ in alerts.look(here.store, here.at)}


def test_what_cannot_be_kept_is_not_acknowledged(here: World) -> None:
    here.sql("ALTER TABLE stray_text RENAME TO gone")
    assert taking.take(here.store, here.account.pk, [_text(here)], lambda: here.at) == [False]
    here.sql("ALTER TABLE gone RENAME TO stray_text")
    assert taking.take(here.store, here.account.pk, [_text(here)], lambda: here.at) == [True]
    assert len(strays.waiting(here.store)) == 1


def test_nothing_of_it_is_readable_in_the_store_and_its_key_stays_with_it(here: World) -> None:
    here.receive(JUNK, "my grandmother wants no more of these, STOP")
    raw = b"".join(bytes(row[0]) for row in here.sql("SELECT sealed FROM stray_text"))
    assert b"grandmother" not in raw
    assert JUNK.encode() not in raw
    prepared_keys.let_go(here.store, here.at + timedelta(days=9_000))
    assert [each.text is not None for each in strays.waiting(here.store)] == [True]


def test_once_home_is_known_they_are_given_to_whom_they_are_from_and_the_alert_is_over(here: World) -> None:
    put_brand_in(here, "US")
    assert here.receive(DIALLED, "STOP").what == "nobody"
    assert rereading.read_again(here.store, here.at) == 0
    here.account.settings = {"addresses": {"country_code": "31"}}
    here.account.save()
    assert rereading.read_again(here.store, here.at) == 1
    assert here.kinds(ANNA)[-1] == "withdrawn"
    assert strays.waiting(here.store) == []
    assert (
        alerts.look(here.store, here.at) & {(AlertKind.STRAY_TEXTS, f"account {here.account.key}")} == set()
    )
    assert here.receive(DIALLED, "STOP", ref="in-3").what, "what its carrier brings again is known"


def test_it_waits_while_a_text_that_it_stops_is_being_handed_over(here: World) -> None:
    put_brand_in(here, "US")
    here.receive(DIALLED, "STOP")
    here.account.settings = {"addresses": {"country_code": "31"}}
    here.account.save()
    here.plan(here.contact(ANNA).id)
    (_held,) = here.claim_all()
    assert rereading.read_again(here.store, here.at) == 0
    assert here.kinds(ANNA)[-1] == "withdrawn", "it stands all the same"
    assert len(strays.waiting(here.store)) == 1


def test_they_are_put_away_once(here: World) -> None:
    here.receive(JUNK, "STOP")
    (stray,) = strays.waiting(here.store)
    with here.store.database.write() as session:
        strays.drop(session, stray.id)
    with here.store.database.write() as session, pytest.raises(NoSuchStrayError):
        strays.drop(session, stray.id)


@pytest.mark.parametrize("written", [ANNA, DIALLED])
def test_they_go_with_a_person_who_is_erased_unless_another_brand_must_hear_of_them(
    here: World, written: str
) -> None:
    here.receive(written, "STOP", to="999999")
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    erasing.erase(here.store, here.contact(ANNA).id, Wish(ground=REQUESTED), here.at)
    assert [each.text is not None for each in strays.waiting(here.store)] == [True]
    other.delete()
    here.join(ANNA)
    erasing.erase(here.store, here.contact(ANNA).id, Wish(ground=REQUESTED), here.at)
    assert strays.waiting(here.store) == []


def _text(here: World) -> InboundText:
    return InboundText(
        account=here.account.key,
        provider_id="once",
        sender_number=JUNK,
        to_address=CLUB,
        text="STOP",
        received_at=here.at,
    )


def _counted(here: World, what: str) -> float:
    return TALLY.counted().values.get((STRAYS.name, (str(here.account.pk), what)), 0)
