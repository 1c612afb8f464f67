"""The known words in the console: found by language, kind and search, tried as one types, and beside programs' keywords."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from factories.consoles import signed_in
from factories.pages import read
from factories.worlds import world
from yesword.domain.understanding import Context, Kind, PendingKind, understand
from yesword.domain.understanding.keywords import all_keywords
from yesword.store import models, programs
from yesword.store.models import User
from yesword.web import known_words

ADDRESS = "/replies/words"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.VIEWER)


def plain(html):
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def table(client, **chosen):
    """Word, kind and language of the rows that are shown."""
    html = read(client.get(ADDRESS, chosen))
    if 'class="table words"' not in html:
        return []
    html = html[html.index('class="table words"') :]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", html)
    return [tuple(plain(cell) for cell in row) for row in rows]


def attempt(client, word, query="", **headers):
    return client.post(ADDRESS + query, {"word": word}, headers=headers)


def as_one_types(client, word, query=""):
    """What stands beneath the box: a part of the page."""
    html = read(attempt(client, word, query, hx_request="true"))
    assert "<html" not in html
    return plain(html)


# The table


def test_a_stranger_is_asked_to_sign_in(here):
    assert Client(SERVER_NAME="localhost").get(ADDRESS).status_code == 302
    assert attempt(Client(SERVER_NAME="localhost"), "stop").status_code == 302


def test_every_row_of_the_table_is_reached_once_page_by_page(console):
    seen, address = [], ADDRESS
    while address:
        html = read(console.get(address))
        seen += re.findall(r"<tr><th scope=\"row\"><bdi[^>]*>(.*?)</bdi>", html[html.index("table words") :])
        following = re.search(r'rel="next" href="([^"#]*)', html)
        address = unescape(following[1]) if following else ""
    assert [unescape(each) for each in seen] == [each.word for each in all_keywords()]


def test_a_language_and_a_kind_narrow_the_table(console):
    rows = table(console, language="da", kind="help")
    assert rows
    assert {row[1:] for row in rows} == {("Help", "Danish")}
    assert len(rows) == len([each for each in all_keywords() if (each.language, each.kind) == ("da", "help")])


def test_the_search_looks_in_words_sources_and_notes_without_case_or_accents(console):
    assert ("STOP", "Stop", "English") in table(console, q="cfr 64.1200")
    accented = next(each for each in all_keywords() if "ê" in each.word.casefold() and each.language == "fr")
    assert accented.word in {row[0] for row in table(console, q=accented.word.casefold().replace("ê", "e"))}
    assert ("AFMELDEN", "Stop", "Dutch") in table(console, q="AfMeLd")


def test_what_fits_nothing_says_so_and_leads_back(console):
    html = read(console.get(ADDRESS, {"q": "zebra crossing"}))
    assert "No word like that" in html
    assert 'value="zebra crossing"' in html


@pytest.mark.parametrize(
    "query",
    ["?language=xyz", "?kind=mallory", "?after=-5", "?after=²", "?after=999999999999", "?q=" + "a" * 500],
    ids=["no language", "no kind", "before the first", "no number", "far behind the last", "a long search"],
)
def test_an_address_that_nobody_made_shows_a_page(console, query):
    assert console.get(ADDRESS + query).status_code == 200


def test_rows_say_what_sets_them_apart(console):
    said = plain(read(console.get(ADDRESS, {"language": "en", "kind": "opt_out"})))
    assert "STOP Stop English Named by law 47 CFR 64.1200(a)(10)" in said
    assert "STOPALL Stop English Ends everything" in said
    assert "Weak alone" in said


def test_every_language_and_kind_of_the_table_has_a_word():
    with translation.override("en"):
        assert not [name for code, name in known_words.languages() if name == code]
    assert {each.kind for each in all_keywords()} <= set(known_words.KINDS)


# Trying a word


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("stop", "All texts of Linde & Loom to this person would end at once."),
        ("S t o p !", "All texts of Linde & Loom to this person would end at once."),
        ("ja", "When nothing was asked"),
        ("ja", "They would join what they were asked about."),
        ("events", "They would join event news."),
        ("help", "They would get the help text"),
        ("banana", "No row is exactly this."),
    ],
    ids=["stop", "spelled out", "an idle yes", "a yes", "a keyword", "help", "a word of no table"],
)
def test_a_word_is_read_as_one_types(console, word, said):
    assert said in as_one_types(console, word)


def test_the_rows_that_are_the_word_are_shown_by_kind_and_language(console):
    said = as_one_types(console, "Stop")
    assert re.search(r"Rows of the table that are this word Stop English Named by law .*Danish", said)


def test_the_chosen_language_is_taken_for_theirs(console):
    assert "The language chosen below is taken for theirs." in plain(
        read(console.get(ADDRESS, {"language": "fi"}))
    )
    word = next(
        each.word
        for each in all_keywords()
        if each.kind == Kind.CONFIRM
        and understand(each.word, (each.language,), Context(pending=PendingKind.CONFIRM_CONSENT)).kind
        is not understand(each.word, ("en",), Context(pending=PendingKind.CONFIRM_CONSENT)).kind
    )
    language = next(
        each.language for each in all_keywords() if each.word == word and each.kind == Kind.CONFIRM
    )
    assert "They would join" in as_one_types(console, word, f"?language={language}")
    assert "They would join" not in as_one_types(console, word, "?language=en")


def test_without_a_script_the_page_comes_whole_with_the_word_kept(console):
    html = read(attempt(console, "afmelden", "?language=nl&kind=opt_out"))
    assert 'value="afmelden"' in html
    assert "would end at once" in html
    assert 'value="nl" selected' in html, "what was chosen of the table stays"


def test_a_word_stands_in_no_address(console):
    html = read(attempt(console, "xylophone"))
    assert not [each for each in re.findall(r'(?:href|action|hx-[a-z]+)="([^"]*)"', html) if "xylo" in each]
    assert "xylophone" not in read(console.get(ADDRESS, {"word": "xylophone"})).replace("?word=xylophone", "")


def test_a_form_of_another_site_is_refused(here):
    assert attempt(signed_in(User.Role.VIEWER, enforce_csrf_checks=True), "stop").status_code == 403


def test_a_word_is_shown_as_text(console):
    html = read(attempt(console, '"><script>alert(1)</script>'))
    assert "<script>alert" not in html
    assert 'value="&quot;&gt;&lt;script&gt;' in html


def test_a_word_as_long_as_a_letter_is_cut_and_that_is_said(console):
    html = read(attempt(console, "stop " * 2000))
    assert "only its first 160 characters were read" in html
    assert unescape(re.search(r'name="word" value="([^"]*)"', html)[1]) == ("stop " * 2000).strip()


def test_nothing_typed_is_nothing_read(console):
    assert as_one_types(console, "   ") == ""


# Keywords of programs


def keywords(client):
    html = read(client.get(ADDRESS))
    part = html[html.index('id="keywords-title"') : html.index('id="table"')]
    return [
        tuple(plain(each) for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL))
        for row in re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", part, re.DOTALL)
    ]


def test_the_programs_keywords_stand_apart_with_their_code(console):
    assert ("SAVEMORE", "Club", "Linde & Loom", "800123", "None") in keywords(console)
    assert ("EVENTS", "Events", "Linde & Loom", "555888", "None") in keywords(console)


def test_a_keyword_that_means_something_to_everybody_is_pointed_at(here, console):
    sender = models.Sender.objects.get(program__id=here.club.id)
    programs.publish(replace(here.club, version=2, keywords=("SAVEMORE", "Afmelden", "INFO")), sender)
    meanings = {row[0]: row[-1] for row in keywords(console)}
    assert meanings["SAVEMORE"] == "None"
    assert meanings["Afmelden"] == "People leave with it"
    assert meanings["INFO"] == "Help"
