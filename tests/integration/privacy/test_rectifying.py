"""Putting right what is held of a person: what they say takes the place of what was there, and the record stays."""

import pytest

from factories.worlds import ANNA, CLUB, publish
from yesword.consent import Act, invalidate
from yesword.domain.events import Actor
from yesword.domain.parties import RecipientKind
from yesword.domain.places import PlaceError, Whereabouts
from yesword.privacy.rectifying import (
    Changes,
    NewNumberError,
    NoSuchLanguageError,
    NothingToRectifyError,
    ValueTooLongError,
    rectify,
)
from yesword.store import models, programs


@pytest.fixture
def anna(on_both):
    on_both.strangers([ANNA], name="Ana", attributes=(("City", "Delft"), ("Size", "37")))
    return on_both


def put_right(here, changes, **more):
    return rectify(here.store, here.contact(), changes, None, here.at, **more)


def test_what_the_person_says_takes_the_place_of_what_was_there(anna):
    here = anna
    changes = Changes(
        name=" Anna ",
        language="nl",
        attributes={"City": "Gouda", "Size": None, "Shop": "Gouda"},
        whereabouts=Whereabouts(stated_country="BE"),
        recipient=RecipientKind.COMPANY,
    )
    found = put_right(here, changes)
    assert found.fields == (
        "name",
        "language",
        "places",
        "recipient",
        "attributes.City",
        "attributes.Shop",
        "attributes.Size",
    )
    person = here.contact()
    assert (person.name, person.language, person.recipient) == ("Anna", "nl", RecipientKind.COMPANY)
    assert person.attributes == {"City": "Gouda", "Shop": "Gouda"}
    assert "BE" in {place.country for place in person.places}


def test_values_are_kept_without_controls_and_hidden_reordering(anna):
    changes = Changes(name="Anna\x00\n \u202eettiW\u2069 de", attributes={"City": "\u200fGouda\x1b"})
    put_right(anna, changes)
    person = anna.contact()
    assert (person.name, person.attributes["City"]) == ("Anna ettiW de", "Gouda")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("NL", "nl", id="in capitals"),
        pytest.param("fi", "fi", id="one that texts ship in"),
        pytest.param("cy", "cy", id="one that a program is written in"),
        pytest.param("PT-br", "pt-BR", id="one that is held already"),
        pytest.param("", "", id="none"),
    ],
)
def test_a_language_that_texts_can_be_in_is_kept(anna, said, kept):
    ((_, words),) = anna.club.texts
    texts = (("en", words), ("cy", words))
    if said == "PT-br":
        anna.sql("UPDATE contact SET language = 'pt-BR'")
    publish(models.Brand.objects.get(), models.Sender.objects.get(address=CLUB), texts=texts)
    put_right(anna, Changes(language=said))
    assert anna.contact().language == kept


def test_what_nobody_names_stays(anna):
    put_right(anna, Changes(name="Anna"))
    person = anna.contact()
    assert (person.attributes, person.language) == ({"City": "Delft", "Size": "37"}, "en")


def test_a_dry_run_changes_nothing_and_leaves_no_trace(anna):
    assert put_right(anna, Changes(name="Anna"), is_dry_run=True).fields == ("name",)
    assert anna.contact().name == "Ana"
    assert not models.AuditEntry.objects.exists()


def test_the_trace_tells_old_from_new_without_telling_either(here, kim):
    here.strangers([ANNA], name="Ana")
    rectify(here.store, here.contact(), Changes(name="Annabel"), kim, here.at)
    rectify(here.store, here.contact(), Changes(name="Ana"), kim, here.at)
    first, second = models.AuditEntry.objects.filter(action="privacy.rectified").order_by("pk")
    assert first.user_id == kim
    assert first.detail["changed"]["name"] == second.detail["changed"]["name"][::-1]
    assert "Ana" not in str(first.detail)


def test_to_say_it_again_changes_nothing(here):
    here.strangers([ANNA], name="Anna")
    assert put_right(here, Changes(name="Anna")).fields == ()
    assert not models.AuditEntry.objects.exists()


def test_where_somebody_else_has_the_number_what_was_known_of_the_former_owner_goes(anna):
    here = anna
    with here.store.database.write() as session:
        act = Act(
            actor=Actor.CARRIER, route="carrier", occurred_at=here.at, received_at=here.at, language="en"
        )
        brand = programs.brand(here.club.brand)
        invalidate(here.store, session, brand, here.contact(), act, here.at, reason="reassigned")
    assert here.contact().hidden_since is not None
    found = put_right(here, Changes(name="Bert"))
    assert (found.fields, found.was_hidden) == (("name",), True)
    person = here.contact()
    assert (person.name, person.attributes, person.hidden_since) == ("Bert", {}, None)
    ((attributes,),) = here.sql("SELECT attributes FROM contact WHERE id = %s", person.id)
    assert attributes == "{}"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param(Changes(number="+31612345679"), NewNumberError, id="a new number is a new contact"),
        pytest.param(Changes(), NothingToRectifyError, id="nothing to put right"),
        pytest.param(
            Changes(whereabouts=Whereabouts(stated_zone="Mars/Base")), PlaceError, id="a place that is none"
        ),
        pytest.param(Changes(language="zz"), NoSuchLanguageError, id="a language that nobody here writes"),
        pytest.param(Changes(name="A" * 501), ValueTooLongError, id="a name that is too long"),
        pytest.param(
            Changes(attributes={"City": "A" * 501}), ValueTooLongError, id="an attribute that is too long"
        ),
    ],
)
def test_what_cannot_be_put_right_is_refused(here, changes, error):
    here.strangers([ANNA], name="Ana")
    with pytest.raises(error):
        put_right(here, changes)
    assert here.contact().name == "Ana"
