"""Names of the packs in other languages."""

from django.utils.translation import override

from yesword.domain.decisions import Sentence
from yesword.domain.retention import shipped_policies
from yesword.domain.rules import RuleBook
from yesword.web.law_names import CITATIONS, PLACES, named
from yesword.web.sentences import say


def test_every_name_that_is_translated_is_that_of_a_pack():
    assert set(PLACES) <= {pack.name for pack in RuleBook.load().packs}


def test_every_country_that_has_a_pack_can_be_named_in_other_languages():
    countries = {
        pack.name
        for pack in RuleBook.load().packs
        if len(pack.reach.countries) == 1 and not pack.reach.region
    }
    assert countries <= set(PLACES)


def test_every_ground_of_our_own_for_keeping_proof_is_translated():
    ours = {each.citation for each in shipped_policies().all if each.citation.startswith("house rule")}
    assert ours <= set(CITATIONS)


def test_a_place_and_our_own_citations_are_named_in_the_readers_language():
    closed = Sentence.of("outside_hours", place="Denmark", citation="house rule")
    with override("de"):
        assert "Dänemark" in say(closed)
        assert "Hausregel" in say(closed)
    with override("nl"):
        assert named("Florida") == "Florida"
