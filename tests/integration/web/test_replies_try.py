"""Trying a text in the console: what would happen, which words decided, and that nothing of it is kept anywhere."""

import logging
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.utils import translation

from factories.consoles import signed_in
from factories.pages import read
from factories.readings import leaving
from factories.worlds import world
from yesword.domain import understanding
from yesword.domain.understanding import Context, Intent, Kind, PendingKind, Scope
from yesword.domain.understanding.phrases import GUARDED, VETO
from yesword.sending import contest_answers
from yesword.store.models import AuditEntry, User
from yesword.web import readings

ADDRESS = "/replies/try"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.VIEWER)


def attempt(client, text, **setting):
    return client.post(ADDRESS, {"text": text, **setting})


def words(answer, status=200):
    html = read(answer, status)
    plain = html[html.index("<main") : html.index("</main>")]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", plain).split()))


def marked(answer):
    return [unescape(each) for each in re.findall(r"<mark>(.*?)</mark>", read(answer), re.DOTALL)]


def kept(html):
    """What stands in the field."""
    (typed,) = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.DOTALL)
    return unescape(typed).replace("\r\n", "\n")  # a browser takes them for one


# Who may, and how


def test_a_stranger_is_asked_to_sign_in(here):
    for answer in (
        Client(SERVER_NAME="localhost").get(ADDRESS),
        attempt(Client(SERVER_NAME="localhost"), "STOP"),
    ):
        assert answer.status_code == 302
        assert answer["Location"] == "/sign-in?next=/replies/try"


@pytest.mark.parametrize("role", User.Role.values)
def test_everybody_who_is_signed_in_may_try_for_it_changes_nothing(here, role):
    assert "would end at once" in words(attempt(signed_in(role), "STOP"))


def test_a_form_of_another_site_is_refused(here):
    client = signed_in(User.Role.VIEWER, enforce_csrf_checks=True)
    assert attempt(client, "STOP").status_code == 403
    html = read(client.get(ADDRESS))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]
    assert "would end at once" in words(attempt(client, "STOP", csrfmiddlewaretoken=token))


def test_a_text_in_an_address_is_not_read(console):
    html = read(console.get(ADDRESS, {"text": "please stop texting me"}))
    assert kept(html) == ""
    assert "would end" not in html


def test_no_address_on_the_page_and_no_line_of_the_log_holds_the_text(console, caplog):
    with caplog.at_level(logging.DEBUG):
        html = read(attempt(console, "xylophone stop"))
    assert "xylophone" in html
    assert not [
        each for each in re.findall(r'(?:href|action|src|hx-[a-z]+)="([^"]*)"', html) if "xylo" in each
    ]
    assert "xylophone" not in caplog.text


def test_trying_leaves_no_trace_in_the_store(here, console):
    before = here.sql("SELECT count(*) FROM inbound_text")
    attempt(console, "STOP")
    assert here.sql("SELECT count(*) FROM inbound_text") == before
    assert not AuditEntry.objects.exists()


def test_the_page_stands_in_the_navigation_with_its_neighbour(console):
    html = read(console.get(ADDRESS))
    assert html.count('aria-current="page"') == 3, (
        "in the side, in the bar of a telephone, and among the tabs"
    )
    assert 'href="/replies/words"' in html


# What is shown


def test_what_decided_is_marked_where_it_stands(console):
    answer = attempt(console, "Thanks for all,\r\nbut please stop texting me now!")
    (found,) = marked(answer)
    assert "stop texting me" in found
    assert "Thanks" not in found
    assert kept(read(answer)) == "Thanks for all,\nbut please stop texting me now!"


def test_a_text_is_shown_as_text_whatever_it_holds(console):
    html = read(attempt(console, "<script>alert(1)</script>\n<b>STOP</b>\n</textarea>&amp;"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert html.count("</textarea>") == 1
    assert kept(html) == "<script>alert(1)</script>\n<b>STOP</b>\n</textarea>&amp;"


def test_markup_inside_what_decided_is_text_too(console):
    answer = attempt(console, "STOP <img src=x>")
    assert "<img src=x>" not in read(answer)


def test_several_lines_are_one_text(console):
    said = words(attempt(console, "no idea what this is about\nstop\nor who you are"))
    assert said.count("would end at once") == 1


@pytest.mark.parametrize(
    ("text", "setting", "sentence"),
    [
        ("STOP", {}, "All texts of Linde & Loom to this person would end at once."),
        ("stop events", {"program": "events"}, "Event news to this person would end at once. Other texts of Linde & Loom would go on."),
        ("unsubscibre", {}, "would end at once, and a person would look at it, because it is not certain"),
        ("HELP", {"program": "club"}, "They would get the help text of Club."),
        ("HELP", {}, "They would get the help text of the program that they write to."),
        ("SAVEMORE", {"program": "club"}, "They would be asked to confirm that they want Club offers. Only a yes joins."),
        ("SAVEMORE", {}, "Nothing would end: they would be told that this word is not known."),
        ("SAVEMOR", {"program": "club"}, "they would be told that this word is not known"),
        ("START", {}, "Somebody who never joined joins nothing by this."),
        ("yes", {"asked": "confirm_consent", "program": "club"}, "They would join Club offers."),
        ("yes", {"asked": "confirm_consent"}, "They would join what they were asked about."),
        ("yes", {}, "The whole text is a yes, but nothing was asked."),
        ("yes", {}, "whoever has joined would be told so, and anybody else that this word is not known"),
        ("no", {"asked": "confirm_consent", "program": "club"}, "They would not join Club offers."),
        ("no", {"asked": "reminder", "program": "club"}, "would end at once: a no to a reminder is a stop."),
        ("yes", {"asked": "reminder", "program": "club"}, "Their consent to Club offers would be renewed."),
        ("the red one", {"asked": "poll"}, "the text would count as an answer to the poll"),
        ("STOP", {"asked": "poll"}, "All texts of Linde & Loom to this person would end at once."),
        ("see you at five", {"asked": "conversation"}, "would go to the person who is writing with them"),
        ("what time do you open?", {}, "Nothing would end: the text would come to the people who answer."),
        ("Liked “Reply STOP to stop”", {}, "Nothing would end: it says how a text of yours was liked."),
        ("x", {}, "they would see that it may be meant as a stop"),
        ("   ", {}, "There is nothing in it to read."),
        ("delete my data", {}, "would be put before you, with its time limit"),
    ],
    ids=[
        "stop", "one program", "a slip", "help", "help without a program", "a keyword", "a keyword on no code",
        "nearly a keyword", "start", "yes to joining", "yes to joining something", "an idle yes", "what comes of an idle yes", "no to joining",
        "no to a reminder", "yes to a reminder", "in a poll", "a stop in a poll", "in a conversation", "a question",
        "a reaction", "a weak word", "nothing but spaces", "a privacy request",
    ],
)  # fmt: skip
def test_what_would_happen_is_said_in_a_sentence(console, text, setting, sentence):
    assert sentence in words(attempt(console, text, **setting))


def test_an_exact_word_is_told_with_its_language_and_source(console):
    said = words(attempt(console, "Afmelden", language="nl"))
    assert "The whole text is a word that people leave with." in said
    assert re.search(r"AFMELDEN Dutch ", said)
    assert "Certain, 100%" in said


def test_a_word_that_the_law_names_cannot_be_called_a_misreading(console):
    notice = "nobody may call it a misreading"
    assert notice in words(attempt(console, "STOP"))
    assert "47 CFR 64.1200(a)(10)" in words(attempt(console, "STOP"))
    assert notice not in words(attempt(console, "leave me alone"))


def test_a_phrase_is_told_with_its_language_and_as_the_grammar_writes_it():
    intent = Intent(kind=Kind.OPT_OUT, confidence=0.9, rule="phrase: sms/nachrichten stoppen", language="de")
    with translation.override("en"):
        reading = readings.telling("sms stoppen", intent, readings.Setting(brand="Linde & Loom"))
        assert reading.why == "A phrase that people use in German stands in it."
    assert reading.pattern == "sms/nachrichten stoppen"


def test_what_else_a_text_says_is_told(console):
    said = words(attempt(console, "stop texting me and delete my data"))
    assert "It also says a privacy request" in said
    assert "OPT_OUT" in said


def test_the_choices_stay_as_they_were_made(console):
    html = read(attempt(console, "ja", program="events", asked="confirm_consent", language="nl"))
    for value in ("events", "confirm_consent", "nl"):
        assert re.search(f'value="{value}" selected', html), value


@pytest.mark.parametrize("language", ["nl", "sv", "de", "da"])
def test_the_answer_comes_in_the_language_of_the_reader(console, language):
    said = words(console.post(ADDRESS, {"text": "STOP"}, headers={"accept-language": language}))
    assert "Linde & Loom" in said
    assert "would end" not in said


# What people and machines may send


def test_ten_thousand_characters_are_read(console):
    text = "stop " * 2000
    answer = attempt(console, text)
    assert kept(read(answer)) == text
    assert "<mark>" in read(answer) or "Nothing would end" in words(answer)


def test_lines_count_as_one_character_each_however_they_are_sent(console):
    assert attempt(console, "a\r\n" * 5000).status_code == 200


def test_a_longer_text_is_refused_with_the_limit_and_not_lost(console):
    text = "stop " * 2000 + "!"
    html = read(attempt(console, text), 422)
    assert "10000" in html.replace(",", "").replace("\xa0", "")
    assert 'aria-invalid="true"' in html
    assert kept(html) == text


def test_an_empty_text_is_asked_for(console):
    assert "Type a text, as somebody would send it." in words(attempt(console, ""), 422)


@pytest.mark.parametrize("name", ["program", "asked", "language"])
def test_a_choice_that_is_none_is_refused_beside_its_field(console, name):
    html = read(attempt(console, "STOP", **{name: "mallory"}), 422)
    assert f'id="id_{name}_error"' in html
    assert kept(html) == "STOP"


@pytest.mark.parametrize(
    "sent",
    [b"\xed\xa0\xbd STOP", b"\xff\xfe STOP", "\u202eSTOP\u202c".encode(), "S\u200bTOP".encode(), b"\x07\x1b[31mSTOP", "🛑".encode()],
    ids=["half a surrogate pair", "broken bytes", "right to left", "invisible marks", "control characters", "a sign"],
)  # fmt: skip
def test_damaged_and_odd_texts_are_read_as_well_as_they_can_be(console, sent):
    body = "text=" + quote_from_bytes(sent)
    answer = console.post(ADDRESS, body, content_type="application/x-www-form-urlencoded")
    assert read(answer).count("<mark>") <= 1
    assert "Nothing would end" in words(answer) or "would end at once" in words(answer)


def test_a_null_character_is_refused_and_said(console):
    assert read(attempt(console, "STOP\x00"), 422)


# Readings in themselves


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("is_withdrawal", [True, False], ids=["ends", "ends nothing"])
@pytest.mark.parametrize("pending", [None, *PendingKind])
def test_every_reading_has_a_sentence(kind, is_withdrawal, pending):
    with translation.override("en"):
        intent = Intent(kind=kind, confidence=0.8, rule="nothing_matched", is_withdrawal=is_withdrawal)
        setting = readings.Setting(brand="Linde & Loom", pending=pending)
        assert readings.told(intent, setting).endswith(".")
        reading = readings.telling("a text", intent, setting)
    assert reading.sentence.endswith(".")
    assert ("at once" in reading.sentence) == (
        is_withdrawal or (kind is Kind.DECLINE and pending is PendingKind.REMINDER)
    )


def rules_that_read():
    """Each that the source names, and the two with a phrase behind them."""
    sources = [*Path(understanding.__file__).parent.glob("*.py"), Path(contest_answers.__file__)]
    named = (re.findall(r'"([a-z_]+)(?=[":,])', part) for each in sources for part in parts_of(each))
    return sorted({each for found in named for each in found} | {f"{VETO}: x", f"{GUARDED}: x"})


def parts_of(path):
    """What stands behind each `rule=`, to the end of the line."""
    return re.findall(r"rule=f?(.+)", path.read_text("utf-8"))


@pytest.mark.parametrize("rule", rules_that_read())
def test_every_rule_says_in_words_why(rule):
    with translation.override("en"):
        intent = Intent(kind=Kind.OPT_OUT, confidence=0.85, rule=rule, is_withdrawal=True)
        told = readings.told(intent, readings.Setting(brand="Linde & Loom"))
    assert told.endswith(".")  # as a name of a rule does not


def test_the_rules_of_the_source_are_found():
    assert {"stop_in_answer", "first_sentence", "keyword_brand", "keyword", "model"} <= set(rules_that_read())


def test_a_rule_that_is_new_is_named_rather_than_hidden():
    intent = Intent(kind=Kind.OTHER, confidence=0.9, rule="moonshine")
    with translation.override("en"):
        assert "moonshine" in readings.told(intent, readings.Setting(brand="Linde & Loom"))


@pytest.mark.parametrize(
    ("program", "confidence", "sentence", "scope"),
    [
        (
            "club",
            0.95,
            "All texts of Linde & Loom to this person but Club offers would end at once.",
            "everything but Club offers",
        ),
        (
            "club",
            0.8,
            "All texts of Linde & Loom to this person but Club offers would end at once, and a person would look at it",
            "everything but Club offers",
        ),
        (
            None,
            0.8,
            "All texts of Linde & Loom to this person would end at once",
            "everything, for the words mean some texts",
        ),
    ],
    ids=["surely", "perhaps", "and nobody knows which"],
)
def test_what_would_stay_is_said(here, program, confidence, sentence, scope):
    setting = readings.Setting(brand="Linde & Loom", programs=(here.club,), others=(here.events,))
    intent = leaving(confidence, scope=Scope.OTHERS, program=program)
    with translation.override("en"):
        shown = readings.telling("only the club please", intent, setting)
    assert shown.sentence.startswith(sentence)
    assert dict(shown.facts)["How much ends"].startswith(scope)


def test_a_programs_own_yes_counts_while_it_asks_and_only_then(here):
    asking = readings.Setting(
        brand="Linde & Loom", programs=(here.club,), pending=PendingKind.CONFIRM_CONSENT, asked_by=here.club
    )
    assert asking.context.confirm_words == ("YES",)
    assert replace(asking, pending=None).context.confirm_words == ()


def test_a_program_on_another_code_is_known_by_its_name_and_not_joined_by_its_keyword(here):
    setting = readings.Setting(brand="Linde & Loom", programs=(here.club,), others=(here.events,))
    assert setting.program("events") == here.events
    assert [key for key, _names in setting.context.program_topics] == ["club", "events"]
    assert {key for _word, key in setting.context.program_keywords} == {"club"}


def test_without_a_program_a_text_is_read_without_keywords():
    assert readings.Setting(brand="Linde & Loom").context == Context()
