"""What the page of a campaign says of its wording, and what it keeps all the same."""

import re

import pytest

from factories.composed import TEXT, counted, form, noon_of_a_workday
from factories.consoles import signed_in
from factories.databases import on_both
from factories.pages import read, words
from factories.worlds import publish, world
from yesword.domain.decisions import Sentence
from yesword.domain.linting.sentences import CATALOGUE
from yesword.domain.messages import MessageClass
from yesword.store import models
from yesword.store.models import User
from yesword.web import catalogs, sentences

NAMELESS = "20% off boots until Sunday."
SELLING = "[Brand]: your appointment is at 10:00. 20% off boots until Sunday."


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        made.now[0] = noon_of_a_workday()
        yield made


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


@pytest.fixture
def reminders(here):
    """A program whose texts inform and may not sell."""
    sender = models.Sender.objects.create(account=here.account, address="700700", kind="short_code")
    return publish(
        models.Brand.objects.get(),
        sender,
        key="reminders",
        name="Reminders",
        purpose="reminders",
        keywords=("APPT",),
        message_class=MessageClass.INFORMATIONAL,
    )


def ticked(html):
    """The errors that the page asks its reader to answer for, and whether they are ticked."""
    found = re.search(r'name="despite" id="id_despite" value="([^"]*)"( checked)?', html)
    return (found[1], bool(found[2])) if found else None


def test_the_preview_says_what_is_wrong_by_which_rule_and_what_to_write(here, manager):
    html = read(manager.post("/campaigns/preview", form(here, text=NAMELESS)))
    said = words(html)
    assert "The text does not say who it is from. Error" in said
    assert '<a class="rule-link" href="/law/house#house.naming"><code>house.naming</code></a>' in html
    assert '<q lang="en">Linde &amp; Loom: 20% off boots until Sunday. Reply STOP to stop.</q>' in html
    assert "The gate holds texts to this rule too" in said


def test_advice_is_said_as_such_and_what_the_preview_says_itself_is_not_said_twice(here, manager):
    said = words(read(manager.post("/campaigns/preview", form(here, text="[Brand]: Hello! 20% off 🎉"))))
    assert "belongs at the beginning. Advice" in said
    assert "makes a segment hold" not in said
    assert "A character makes the text long." in said


def test_a_good_text_has_nothing_to_remark_and_nothing_to_tick(here, manager):
    html = read(manager.post("/campaigns/preview", form(here, text="[Brand]: 20% off boots until Sunday.")))
    assert "Nothing to remark." in html
    assert ticked(html) is None


def test_without_a_script_it_is_said_when_the_form_comes_back(here, manager):
    html = read(manager.post("/campaigns/new", form(here, text=NAMELESS, preview="1")))
    assert "The text does not say who it is from." in html


def test_the_law_of_the_audience_is_asked(here, manager):
    here.members(1, numbers=["+821012345678"])
    wanted = form(here, text="[Brand]: 20% off boots until Sunday.")
    assert '<q lang="en">(광고)</q>' in read(manager.post("/campaigns/preview", wanted))
    elsewhere = form(here, text=wanted["text"], field=["country", ""], value=["NL", ""])
    assert "광고" not in read(manager.post("/campaigns/preview", elsewhere))


def test_what_the_gate_refuses_anyway_is_kept_without_a_tick(here, manager):
    assert ticked(read(manager.post("/campaigns/preview", form(here, text=NAMELESS)))) is None
    assert manager.post("/campaigns/new", form(here, text=NAMELESS)).status_code == 302
    here.members(1)
    verdict = counted(here, models.Campaign.objects.get())
    assert (verdict.now, verdict.waiting, verdict.refused) == (0, 0, 1)


def test_an_error_that_only_its_author_can_answer_for_is_not_kept_without_a_tick(here, manager, reminders):
    wanted = form(here, text=SELLING, program=str(reminders.id))
    html = read(manager.post("/campaigns/new", wanted), 422)
    assert "The wording breaks a rule." in html
    assert '<a href="#id_despite">' in html
    errors, is_ticked = ticked(html)
    assert errors.startswith("sells:")
    assert not is_ticked
    assert not models.Campaign.objects.exists()
    assert manager.post("/campaigns/new", {**wanted, "despite": errors}).status_code == 302
    assert models.Campaign.objects.get().template == SELLING


def test_a_tick_stays_while_the_errors_do_and_is_none_for_others(here, manager, reminders):
    wanted = form(here, text=SELLING, program=str(reminders.id))
    errors, _ = ticked(read(manager.post("/campaigns/preview", wanted)))
    assert ticked(read(manager.post("/campaigns/preview", {**wanted, "despite": errors}))) == (errors, True)
    other = {**wanted, "despite": "leaving_word:house.words.stop"}
    assert ticked(read(manager.post("/campaigns/preview", other))) == (errors, False)
    read(manager.post("/campaigns/new", other), 422)
    assert not models.Campaign.objects.exists()


@on_both
def test_a_text_that_informs_and_sells_may_be_called_so_and_then_is_promotion(here, manager, reminders):
    wanted = form(here, text=SELLING, program=str(reminders.id))
    assert 'name="is_mixed"' in read(manager.post("/campaigns/preview", wanted))
    html = read(manager.post("/campaigns/preview", {**wanted, "is_mixed": "on"}))
    assert re.search(r'name="is_mixed"[^>]* checked', html)
    assert ticked(html) is None
    assert manager.post("/campaigns/new", {**wanted, "is_mixed": "on"}).status_code == 302
    campaign = models.Campaign.objects.get()
    assert campaign.is_mixed
    assert re.search(r'name="is_mixed"[^>]* checked', read(manager.get(f"/campaigns/{campaign.pk}/edit")))
    manager.post(f"/campaigns/{campaign.pk}/edit", form(here, text=TEXT))
    campaign.refresh_from_db()
    assert not campaign.is_mixed


def test_every_sentence_of_the_linter_is_among_the_words_to_translate():
    folder = catalogs.WEB_FOLDER.parent / "domain" / "linting"
    assert set(CATALOGUE.values()) <= {message.id for message in catalogs.extract_all(folder)}


def test_a_sentence_of_the_linter_is_said_in_the_readers_language(monkeypatch):
    monkeypatch.setattr(sentences, "gettext", str.upper)
    assert sentences.remark(Sentence.of("brand_missing")) == "THE TEXT DOES NOT SAY WHO IT IS FROM."
    monkeypatch.setattr(sentences, "gettext", lambda text: text)
    monkeypatch.setattr(sentences, "_PERIODS", {"month": "maand"})
    said = sentences.remark(Sentence.of("frequency_exceeds", stated=4, period="month", count=3, days=30))
    assert said == "It says 4 a maand, but at most 3 in 30 days will come."
