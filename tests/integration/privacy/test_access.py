"""What a brand holds about one person, for that person: all of it, nothing of others, and nothing of a former owner."""

import json
import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from factories.queued import BERT, QUESTION, do, only
from factories.readings import read_as, reading
from factories.worlds import ANNA, CLUB
from yesword.consent import Act, invalidate
from yesword.domain.events import Actor
from yesword.domain.facts import Listed, RegistryFact
from yesword.domain.places import Whereabouts
from yesword.domain.understanding import Kind, Right
from yesword.privacy.access import collect
from yesword.privacy.access_json import write_json
from yesword.privacy.access_page import write_readable
from yesword.privacy.masking import MASK
from yesword.store import programs, registries

NAME = "Anna de Wit"
SCRIPT = "<script>alert(1)</script>"
ASKED = f"{QUESTION} <b>or not</b>"


def held(here, **proof):
    return collect(here.store, here.contact(), here.at, **proof)


def read(page):
    body = page[page.index("<main>") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def everything(here):
    return held(here, second_proof=True)


@pytest.fixture
def told(on_both, monkeypatch, kim):
    """Anna has joined, written, been answered, asked for her data, and is known by name; Bert is somebody else."""
    known = reading(monkeypatch)
    known["what do you have on me"] = read_as(Kind.PRIVACY_REQUEST, right=Right.ACCESS, language="en")
    here = on_both
    here.strangers(
        [ANNA],
        name=NAME,
        attributes=(("City", f"Delft {SCRIPT}"),),
        source="shop",
        whereabouts=Whereabouts(stated_country="BE"),
    )
    here.join()
    here.join(BERT)
    here.campaign("[Brand]: 20% off.")
    here.settle()
    here.text(ANNA, ASKED)
    do(here, "done", only(here), kim, "Kim Jansen rang +49 152 28817386")
    here.text(ANNA, "what do you have on me")
    do(here, "done", only(here), kim, "Kim sent it")
    with here.store.database.write() as session:
        answer = RegistryFact(registry="dnc", listed=Listed.NO, checked_at=here.at)
        registries.keep(session, [(here.contact().id, answer)])
    return here


def test_all_that_is_held_is_told(told):
    here = told
    found = everything(here)
    assert (found.identity.number, found.identity.name, found.identity.source) == (ANNA, NAME, "shop")
    assert found.identity.attributes == {"City": f"Delft {SCRIPT}"}
    assert {place.country for place in found.identity.places} == {"BE", "NL"}
    assert [each.kind for each in found.record] == ["requested", "confirmed"]
    assert all(each.wording.startswith("Linde & Loom texts you offers") for each in found.record)
    assert found.record[1].evidence[0]["kind"] == "inbound_text"
    assert found.record[1].grade == "A"
    assert [(each.program, each.may_text) for each in found.permitted] == [("club", True), ("events", False)]
    assert [each.text for each in found.received] == [
        "SAVEMORE",
        "yes",
        ASKED,
        "what do you have on me",
    ]
    assert "20% off" in "".join(each.text for each in found.sent)
    assert all(each.why for each in found.sent)
    assert [(each.registry, each.is_listed) for each in found.registries] == [("dnc", False)]
    assert [(each.kind, each.name) for each in found.recipients] == [
        ("carrier", "simulator"),
        ("registry", "dnc"),
    ]
    (request,) = found.requests
    assert (request.asks_for, request.done_at is not None, request.note) == (
        "access",
        True,
        f"{MASK} sent it",
    )
    assert found.controller.authority == "Autoriteit Persoonsgegevens"
    assert not found.withheld.is_anything


def test_nothing_of_anybody_else_is_in_it(told):
    found = everything(told)
    for written in (write_json(found), write_readable(found, "en")):
        for other in (BERT, BERT[3:], "Jansen", "28817386"):
            assert other not in written, other
        # As a word: the three letters stand in a digest, too.
        assert not re.search(r"(?<![\w-])Kim(?![\w-])", written)


def test_with_a_code_alone_it_is_told_that_there_is_more(told):
    found = held(told)
    assert (found.identity.number, found.identity.name, found.identity.attributes) == (ANNA, "", {})
    assert [each.kind for each in found.record] == ["requested", "confirmed"]
    assert not any(each.is_shown_whole or each.context or each.evidence for each in found.record)
    assert (found.sent, found.received) == ((), ())
    withheld = found.withheld
    assert (withheld.name, withheld.attributes, withheld.events, withheld.details) == (True, True, 0, 2)
    assert withheld.received_texts == 4
    for written in (write_json(found), write_readable(found, "en")):
        assert NAME not in written
        assert QUESTION not in written


def test_what_came_after_the_proof_is_shown(told):
    here = told
    proven = here.at
    here.wait(days=1)
    here.text(ANNA, QUESTION)
    found = held(here, since=proven)
    assert [each.text for each in found.received] == [QUESTION]


def test_who_has_the_number_now_learns_nothing_of_who_had_it(told):
    here = told
    with here.store.database.write() as session:
        act = Act(
            actor=Actor.CARRIER, route="carrier", occurred_at=here.at, received_at=here.at, language="en"
        )
        brand = programs.brand(here.club.brand)
        invalidate(here.store, session, brand, here.contact(), act, here.at, reason="reassigned")
    sign = here.at
    here.wait(days=10)
    here.text(ANNA, QUESTION, to=CLUB)
    found = everything(here)
    assert (found.identity.name, found.identity.attributes, found.record) == ("", {}, ())
    assert (found.identity.language, found.identity.source, found.identity.since) == ("", "", sign)
    assert {place.concluded_from for place in found.identity.places} == {("country",)}
    assert found.registries == ()
    assert [each.text for each in found.received] == [QUESTION]
    assert (found.withheld.events, found.withheld.requests, found.withheld.reassigned_at) == (3, 1, sign)
    assert NAME not in write_json(found)
    assert "went to somebody else" in write_readable(found, "en")


def test_the_file_for_programs_is_one_object_and_says_its_format(told):
    found = json.loads(write_json(everything(told)))
    assert found["format"] == "yesword-access-1"
    assert found["identity"]["number"] == ANNA
    assert found["record"][0]["occurred_at"].endswith("Z")
    assert found["permitted"][0]["sentence"]["text"].startswith("You agreed on")
    assert {each["part"] for each in found["kept"]} >= {"event", "conversation", "address", "suppression"}


class Tags(HTMLParser):
    """The tags of a page, and whatever it would fetch."""

    def __init__(self):
        super().__init__()
        self.seen, self.fetched = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href", "action")]


def test_the_page_runs_nothing_and_fetches_nothing(told):
    page = write_readable(everything(told), "en")
    tags = Tags()
    tags.feed(page)
    assert "script" not in tags.seen
    assert tags.fetched == []
    assert SCRIPT not in page
    assert "Delft &lt;script&gt;" in page
    assert "<b>" not in page
    assert "&lt;b&gt;or not" in page
    assert page.startswith('<!doctype html>\n<html lang="en">')


def test_the_page_says_every_word_in_the_language_that_it_is_given(told):
    page = write_readable(everything(told), "nl", lambda words: words.upper() if "{" not in words else words)
    assert '<html lang="nl">' in page
    assert "YOUR RIGHTS" in page
    assert "Your rights" not in page


def test_how_long_and_on_what_ground_is_said_for_every_part(told):
    found = everything(told)
    kept = {each.part.value: each for each in found.kept}
    assert kept["event"].until > told.at + timedelta(days=3 * 365)
    assert kept["event"].ground == "legal_claims"
    assert kept["conversation"].sentence.id == "kept.conversation"
    assert len(kept) == 12


def test_codes_are_told_in_words(told):
    said = read(write_readable(everything(told), "en"))
    for words in (
        "Consent was confirmed In writing",
        "a keyword, texted (your telephone)",
        "Read as",
        "a yes",
    ):
        assert words in said
    for code in ("express_written", "consent_request", "inbound_text", "privacy_request"):
        assert code not in said


def test_no_sentence_is_said_twice_of_how_long_it_is_kept(told):
    page = write_readable(everything(told), "en")
    kept = page[page.index("How long it is kept") : page.index("Your rights")]
    sentences = [each for each in re.findall(r'data-label="Until">([^<]*)<', kept) if each]
    assert len(sentences) == len(set(sentences))
