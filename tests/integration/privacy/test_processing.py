"""The record of processing says what is set up, and names what only the controller can know."""

import json

from factories.queued import BERT
from factories.worlds import ANNA
from yesword.privacy.processing import MISSING, as_json, as_markdown, record
from yesword.store import models

GERMAN = "+4915228817386"


def test_it_names_each_program_its_carrier_and_how_long_proof_is_kept(on_both):
    here = on_both
    here.strangers([ANNA, BERT, GERMAN])
    found = record(here.store, here.club.brand, here.at)
    assert found.controller.name == "Linde & Loom"
    assert found.controller.data_protection_officer == MISSING
    assert [(each.program, each.purpose, each.carrier) for each in found.activities] == [
        ("club", "offers", "simulator (simulator)"),
        ("events", "events", "simulator (simulator)"),
    ]
    assert found.countries == (("DE", 1), ("NL", 2))
    assert {(each.country, each.policy, each.period) for each in found.proof_kept} == {
        ("NL", "eu", "3 years"),
        ("DE", "de", "5 years"),
    }


def test_as_json_and_as_text_it_says_the_same_and_no_number(here):
    here.strangers([ANNA])
    found = record(here.store, here.club.brand, here.at)
    members, page = json.loads(as_json(found)), as_markdown(found)
    for activity in members["activities"]:
        assert activity["privacy_notice"] in page
        for kind in (*activity["people"], *activity["data"]):
            assert kind in page
    for line in members["security"]:
        assert line in page
    assert ANNA not in page
    assert ANNA[3:] not in as_json(found)


def test_it_promises_no_more_than_is_done(here):
    """Nobody is erased by itself, imported rows stay, and copies are in other hands."""
    page = as_markdown(record(here.store, here.club.brand, here.at))
    assert "erased when somebody runs `yesword privacy retain`, and not before" in page
    assert "The rows of imported files are kept as evidence" in page
    assert "whoever makes copies sets how long they are kept" in page


def test_a_brand_with_nothing_but_its_name_has_one_too(here):

    bare = models.Brand.objects.create(key="bare", name="Bare", country="SE", origin="example.org/bare")
    page = as_markdown(record(here.store, bare.pk, here.at))
    assert page.startswith("# Record of processing activities: Bare\n")
    assert "Activity" not in page
