"""A number that changed hands: nothing that was known of its former owner reaches the new one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from factories.readings import Readings, leaving, reading
from factories.worlds import ANNA, CLUB, TEXTS, World, publish, world
from yesword.consent.record import open_sections
from yesword.domain.segments import Comparison, Condition
from yesword.domain.understanding import Kind
from yesword.ledger.entry import open_disclosure
from yesword.privacy.rectifying import Changes, rectify
from yesword.reporting.people import Wanted, people_page
from yesword.sending import triage
from yesword.store import models
from yesword.store.opening import Store

NOT_HER = "this is not Anna, you have the wrong number"
GREETING = "[Brand]: hello [First name|there], 20% off in [Location|every shop]."
BRAND = "Linde & Loom"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    return known


@pytest.fixture
def here(sqlite_store: Store, readings: Readings) -> Iterator[World]:
    with world(sqlite_store) as made:
        known(made)
        yield made


@pytest.fixture
def on_both(store: Store, readings: Readings) -> Iterator[World]:
    with world(store) as made:
        known(made)
        yield made


def known(here: World) -> None:
    """Anna, of whom the name and the place are known, in a club that greets by name."""
    brand = models.Brand.objects.get(key="demo")
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    texts = replace(TEXTS, welcome="[Brand]: welcome, [First name|friend].")
    here.club = publish(brand, sender, texts=(("en", texts),))
    here.strangers([ANNA], name="Anna Berg", attributes=(("location", "Utrecht"),))


def greet(here: World) -> str:
    here.campaign(GREETING)
    here.wait(minutes=1)
    here.settle()
    return here.shown()[-1]


def found(here: World, name: str) -> list[Any]:
    page = people_page(here.store, here.club.brand, Wanted(name=name), [here.club.id], here.at)
    return [line.contact.name for line in page.people]


def test_until_then_texts_greet_by_name(here: World) -> None:
    here.join()
    assert greet(here).startswith(f"{BRAND}: hello Anna, 20% off in Utrecht.")


def test_the_new_owner_is_greeted_as_nobody(on_both: World) -> None:
    here = on_both
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    assert here.shown()[-1].startswith(f"{BRAND}: welcome, friend.")
    assert greet(here).startswith(f"{BRAND}: hello there, 20% off in every shop.")
    assert (here.contact().name, here.contact().attributes) == ("", {})
    assert here.contact().hidden_since is not None


def test_nor_is_the_new_owner_chosen_for_what_the_former_one_was(here: World) -> None:
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    of_utrecht = (Condition(field="location", comparison=Comparison.IS, value="Utrecht"),)
    campaign = here.campaign(segment=of_utrecht)
    here.wait(minutes=1)
    here.settle()
    assert here.states(campaign) == {}


def names(here: World) -> list[tuple[str, Any]]:
    """Each event of the record with the name in it."""
    rows = here.sql("SELECT kind, id, sealed FROM consent_event ORDER BY seq")
    seal = here.store.vault.seal(here.contact().id)
    assert seal is not None
    found = []
    for kind, event, sealed in rows:
        sections = open_sections(seal, bytes(sealed), "example.org/ledger/demo", event)
        found.append((kind, dict(open_disclosure(each) for each in sections)["subject"]["name"]))
    return found


BEFORE = [("requested", "Anna Berg"), ("confirmed", "Anna Berg")]
SINCE = [("requested", None), ("confirmed", None)]


def test_a_record_of_the_new_owner_does_not_name_the_former_one_nor_does_the_sign(on_both: World) -> None:
    here = on_both
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    assert names(here) == [*BEFORE, ("invalidated", None), *SINCE]


def test_nor_where_the_sign_is_unsure_and_nobody_has_looked_at_it(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    assert names(here) == [*BEFORE, ("withdrawn", None), *SINCE]


def test_a_sign_that_was_a_misreading_takes_no_name_away(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    with here.store.database.write() as session:
        (item,) = triage.queue(here.store, session, here.club.brand)
        triage.undo(here.store, session, item.id, 1, "she meant a colleague", here.at)
    here.text(ANNA, "STOP")
    assert names(here)[2:] == [("withdrawn", None), ("corrected", "Anna Berg"), ("withdrawn", "Anna Berg")]


def test_a_name_that_is_given_anew_is_in_what_follows(here: World) -> None:
    here.join()
    here.text(ANNA, NOT_HER)
    rectify(here.store, here.contact(), Changes(name="Bert"), None, here.at)
    here.text(ANNA, "SAVEMORE")
    assert names(here)[-1] == ("requested", "Bert")


def test_the_new_owner_is_not_found_by_the_former_name(on_both: World) -> None:
    here = on_both
    assert found(here, "anna") == ["Anna Berg"]
    here.text(ANNA, NOT_HER)
    assert found(here, "anna") == []
    assert found(here, "") == [""]


def test_an_unsure_one_hides_nothing_until_a_colleague_confirms(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.text(ANNA, NOT_HER)
    assert here.contact().name == "Anna Berg"
    with here.store.database.write() as session:
        (item,) = triage.queue(here.store, session, here.club.brand)
        triage.confirm(here.store, session, item.id, 1, here.at)
    assert here.contact().name == ""


def test_a_stop_hides_nothing(here: World) -> None:
    here.text(ANNA, "STOP")
    assert here.contact().name == "Anna Berg"
    assert here.contact().hidden_since is None
