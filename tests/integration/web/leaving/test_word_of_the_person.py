"""The word of a link to leave is the person's: their handset and their own copy have it, and no colleague reads it."""

import json

import pytest
from click.testing import CliRunner
from django.core.cache import cache

from factories.consoles import signed_in
from factories.leaving_links import texted
from factories.triaged import QUESTION
from factories.worlds import ANNA
from yesword.cli.triage import command
from yesword.domain.ids import to_text
from yesword.privacy.access import collect
from yesword.privacy.access_json import write_json
from yesword.web import counted


@pytest.fixture
def word(here):
    """Of the link in the text that Anna answered, and quoted."""
    cache.clear()
    counted.forget()
    here.members(1, numbers=[ANNA])
    path = texted(here)
    here.text(ANNA, f"{QUESTION} You wrote: “{here.shown()[-1]}”")
    return path.removeprefix("/u/")


def pages(here):
    person = to_text("con", here.contact().id)
    ((message,),) = here.sql("SELECT id FROM message WHERE kind = 'campaign'")
    return {
        "the queue of replies": "/replies",
        "the list of texts": "/messages",
        "one text": f"/messages/{to_text('msg', message)}",
        "the person": f"/people/{person}",
    }


def test_no_page_for_colleagues_shows_it(here, word):
    console = signed_in()
    for name, path in pages(here).items():
        html = console.get(path).content.decode()
        assert word not in html, name
        assert "/u/***********" in html, name


def test_the_page_of_a_text_measures_it_as_it_went(here, word):
    html = signed_in().get(pages(here)["one text"]).content.decode()
    assert "1 segment · GSM-7" in html


def test_the_command_that_shows_words_does_not_print_it(here, word):
    done = CliRunner().invoke(command, ["list", "--show-text", "--data", str(here.store.folder)])
    assert "size 42" in done.output
    assert word not in done.output


@pytest.mark.parametrize("form", ["json", "page"])
def test_a_file_that_a_colleague_takes_out_for_the_person_is_without_it(here, word, form):
    person = to_text("con", here.contact().id)
    answer = signed_in().post(f"/people/{person}/data", {"form": form, "second_proof": "yes"})
    assert b"20% off" in answer.content
    assert word.encode() not in answer.content


def test_the_handset_and_the_copy_that_the_person_takes_have_it(here, word):
    assert word in here.shown()[0]
    held = collect(here.store, here.contact(), here.at, second_proof=True)
    assert word in json.loads(write_json(held))["sent"][0]["text"]
