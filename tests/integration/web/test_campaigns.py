"""Campaigns in the console: written, judged, sent, stopped; by whom, and with which trace."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from factories.composed import TEXT, counted, form, noon_of_a_workday
from factories.consoles import signed_in
from factories.databases import on_both
from factories.pages import read
from factories.worlds import world
from yesword.domain import text as texts
from yesword.domain.messages import MessageState
from yesword.reporting import campaigns as reporting
from yesword.sending import campaigns, verdicts
from yesword.store import models
from yesword.store.models import AuditEntry, User
from yesword.web.console import previews


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        made.now[0] = noon_of_a_workday()
        yield made


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


@pytest.fixture
def viewer(here):
    return signed_in(User.Role.VIEWER)


def words(answer, status=200):
    """The page as it is read: without its marks, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", read(answer, status)).split())


def a_draft(here, **more):
    campaign = here.campaign(TEXT, is_started=False, **more)
    verdicts.begin(here.store, campaign, here.at)
    return campaign


def trace():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject"))


# Writing


@on_both
def test_a_campaign_is_written_and_counted_but_not_sent(here, manager):
    here.members(2)
    answer = manager.post("/campaigns/new", form(here))
    campaign = models.Campaign.objects.get()
    assert answer["Location"] == f"/campaigns/{campaign.pk}"
    assert (campaign.state, campaign.template, campaign.created_by.name) == ("draft", TEXT, "manager")
    assert "The gate that will send is asked about each person." in words(manager.get(answer["Location"]))
    verdict = counted(here, campaign)
    assert verdict.now + verdict.waiting == 2
    assert sum(campaigns.states(here.store, campaign.pk).values()) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hi [First name", "character 4 is not closed"),
        ("Hi [Frist name|x]", "no field “Frist name” (character 4)"),
        ("Hi [First name]!", "not known of everybody"),
        ("Come on [Date]!", "A campaign has no value for “date” (character 9)"),
        ("Hi [First name|…]!", "in place of … for whom “first name” is not known"),
    ],
    ids=[
        "open bracket",
        "unknown field",
        "no fallback",
        "no value in a campaign",
        "fallback left as it was put",
    ],
)
def test_a_text_that_could_fail_is_refused_with_its_place_and_kept_as_typed(here, manager, text, says):
    html = read(manager.post("/campaigns/new", form(here, text=text)), 422)
    assert says in html
    assert text in html
    assert not models.Campaign.objects.exists()


@on_both
def test_a_condition_without_a_value_is_refused_and_the_rest_is_kept(here, manager):
    html = read(manager.post("/campaigns/new", form(here, field=["language", ""], value=["", ""])), 422)
    assert "Say what it has to be" in html
    assert 'value="Spring"' in html
    assert not models.Campaign.objects.exists()


def test_a_moment_that_has_passed_is_no_end(here, manager):
    assert "This moment has passed" in read(
        manager.post("/campaigns/new", form(here, send_by="2020-03-03T18:00")), 422
    )


def test_an_end_is_read_in_the_time_of_the_brand(here, manager):
    manager.post("/campaigns/new", form(here, send_by="2031-01-05T18:00"))
    assert models.Campaign.objects.get().send_by == datetime(2031, 1, 5, 17, tzinfo=UTC)
    html = read(manager.get(f"/campaigns/{models.Campaign.objects.get().pk}/edit"))
    assert 'value="2031-01-05T18:00"' in html


def test_a_filter_reads_as_a_sentence_and_finds_who_fits(here, manager):
    here.members(1, numbers=["+31612345601"], language="nl", attributes=(("location", "Utrecht"),))
    here.members(1, numbers=["+31612345602"], language="sv")
    chosen = form(
        here, field=["language", "location"], value=["nl", "utrecht"], comparison=["is", "contains"]
    )
    html = read(manager.post("/campaigns/new", {**chosen, "preview": "1"}))
    assert "People whose language is “nl” and whose location contains “utrecht”." in html
    assert "1 person fits." in html
    manager.post("/campaigns/new", chosen)
    verdict = counted(here, models.Campaign.objects.get())
    assert verdict.now + verdict.waiting + verdict.refused == 1


def test_the_preview_shows_real_people_in_their_languages_with_the_way_out(here, manager):
    here.members(1, numbers=["+31612345601"], name="Anna de Wit", language="en")
    html = read(manager.post("/campaigns/preview", form(here)))
    assert "Linde &amp; Loom: hello Anna, 20% off until Sunday. Reply STOP to stop." in html
    assert "1 segment" in html
    assert "+31612345601" not in html


def test_characters_that_lengthen_the_text_are_marked_and_counted(here, manager):
    here.members(1, name="Anna")
    html = read(manager.post("/campaigns/preview", form(here, text=TEXT + " Grüße aus Łódź " + "x" * 40)))
    assert '<mark class="culprit">Ł</mark>' in html
    assert '<mark class="culprit">ü</mark>' not in html, "ü is in the short alphabet"
    assert "takes 1 segment" in html


def test_the_marked_text_is_the_text():
    for text in ("Łódź <b>", "", "🎉🎉 a", "plain & simple"):
        marked = previews.highlighted(text, texts.measure(text).culprits)
        assert re.sub(r"</?mark[^>]*>", "", marked) == previews.highlighted(text, ())


def test_without_a_script_a_button_puts_a_field_at_the_end_and_saves_nothing(here, manager):
    html = read(manager.post("/campaigns/new", form(here, text="Hello", insert="[First name|…]")))
    assert "Hello [First name|…]" in html
    assert not models.Campaign.objects.exists()


def test_an_edited_draft_is_counted_anew(here, manager):
    campaign = a_draft(here)
    first = counted(here, campaign)
    manager.post(f"/campaigns/{campaign.pk}/edit", form(here, name="Summer"))
    campaign.refresh_from_db()
    newest = reporting.newest_verdict(campaign)
    assert (campaign.name, newest.is_done) == ("Summer", False)
    assert newest.pk != first.pk


def test_a_campaign_on_its_way_is_not_edited(here, manager):
    campaign = here.campaign(TEXT)
    answer = manager.post(f"/campaigns/{campaign.pk}/edit", form(here, name="Other"))
    campaign.refresh_from_db()
    assert (answer.status_code, campaign.name) == (302, "Spring")


# The verdict


@on_both
def test_each_number_of_the_verdict_opens_into_reasons_and_people(here, manager):
    here.members(2, name="Anna")
    (never,) = here.strangers(["+31612345690"], name="Bruno")
    campaign = a_draft(here)
    verdict = counted(here, campaign)
    said = words(manager.get(f"/campaigns/{campaign.pk}"))
    assert f"{verdict.now} now" in said
    assert "1 refused" in said
    assert "The person never agreed to these texts." in said
    assert "Asked for the moment" in said
    page = manager.get(f"/campaigns/{campaign.pk}/verdict/refuse?reason=never_asked")
    assert "1 person would be refused" in words(page)
    assert "Bruno" in read(page)
    assert "The record has no consent for them." in read(page)
    assert "+31612345690" not in read(page)
    assert re.search(r'href="/people/con_\w+"', read(page))
    assert f"{never}" not in read(page)


def test_each_reason_has_its_sentence_also_when_others_with_its_code_came_first(here, monkeypatch):
    monkeypatch.setattr(verdicts, "SHOWN", 1)
    here.strangers([f"+3161234569{digit}" for digit in range(5)])
    here.strangers(["+4520123490"])
    verdict = counted(here, a_draft(here))
    lines = reporting.reason_lines(here.store, here.scales, verdict, "refuse")
    assert {(line.code, line.rule, line.count) for line in lines} == {
        ("never_asked", "nl.tw117.cs", 5),
        ("never_asked", "dk.mfl10.cs", 1),
    }
    assert all(line.example is not None and line.example.rule == line.rule for line in lines)


@on_both
def test_those_who_wait_are_shown_with_their_moment(here, manager):
    here.members(1, numbers=["+13055550123"], name="Noah")
    campaign = a_draft(here)
    verdict = reporting.newest_verdict(campaign)
    models.CampaignVerdict.objects.filter(pk=verdict.pk).update(at=datetime(2026, 3, 3, 2, 30, tzinfo=UTC))
    assert counted(here, campaign).waiting == 1
    said = words(manager.get(f"/campaigns/{campaign.pk}/verdict/wait"))
    assert "Waits until 08:00" in said
    assert "New York time" in said


def test_counting_again_asks_for_this_moment(here, manager):
    campaign = a_draft(here)
    first = counted(here, campaign)
    manager.post(f"/campaigns/{campaign.pk}/verdict/count")
    assert reporting.newest_verdict(campaign).pk != first.pk


def test_a_part_that_is_none_is_not_there(here, manager):
    campaign = a_draft(here)
    counted(here, campaign)
    assert manager.get(f"/campaigns/{campaign.pk}/verdict/other").status_code == 404


# Sending


def started(here, client, campaign):
    verdict = counted(here, campaign)
    return client.post(f"/campaigns/{campaign.pk}/start", {"verdict": verdict.pk})


def test_what_was_counted_is_sent_and_leaves_a_trace(here, manager):
    here.members(3)
    campaign = a_draft(here)
    verdict = counted(here, campaign)
    button = f"Send to {verdict.now} people" if verdict.now else "Start the campaign"
    assert button in words(manager.get(f"/campaigns/{campaign.pk}"))
    assert started(here, manager, campaign).status_code == 302
    assert ("campaign.start", f"campaign {campaign.pk}") in trace()
    here.settle()
    said = words(manager.get(f"/campaigns/{campaign.pk}"))
    assert "3 of 3" in said
    assert (
        campaigns.states(here.store, campaign.pk).get(MessageState.SENT, 0)
        == reporting.newest_verdict(campaign).now
    )


def test_a_verdict_that_is_not_the_newest_starts_nothing(here, manager):
    campaign = a_draft(here)
    old = counted(here, campaign)
    verdicts.begin(here.store, campaign, here.at)
    counted(here, campaign)
    manager.post(f"/campaigns/{campaign.pk}/start", {"verdict": old.pk})
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_what_is_still_being_counted_is_not_sent(here, manager):
    campaign = a_draft(here)
    manager.post(f"/campaigns/{campaign.pk}/start", {"verdict": reporting.newest_verdict(campaign).pk})
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_pause_and_resume_say_what_they_did(here, manager):
    campaign = here.campaign(TEXT)
    manager.post(f"/campaigns/{campaign.pk}/pause")
    assert "is paused" in words(manager.get(f"/campaigns/{campaign.pk}"))
    manager.post(f"/campaigns/{campaign.pk}/resume")
    campaign.refresh_from_db()
    assert campaign.state == "running"
    assert [action for action, _ in trace()] == ["campaign.pause", "campaign.resume"]


def test_a_second_pause_changes_nothing_and_says_so(here, manager):
    campaign = here.campaign(TEXT)
    manager.post(f"/campaigns/{campaign.pk}/pause")
    manager.post(f"/campaigns/{campaign.pk}/pause")
    assert "Nothing was changed" in words(manager.get(f"/campaigns/{campaign.pk}"))
    assert [action for action, _ in trace()] == ["campaign.pause"]


@on_both
def test_cancelling_takes_the_typed_word(here, manager):
    here.members(2)
    campaign = here.campaign(TEXT)
    wrong = manager.post(f"/campaigns/{campaign.pk}/cancel", {"typed": "cancel?"})
    assert "That is not the word" in read(wrong, 422)
    campaign.refresh_from_db()
    assert campaign.state == "running"
    manager.post(f"/campaigns/{campaign.pk}/cancel", {"typed": "CANCEL"})
    here.settle()
    said = words(manager.get(f"/campaigns/{campaign.pk}"))
    assert "It was cancelled." in said
    assert set(campaigns.states(here.store, campaign.pk)) <= {MessageState.CANCELLED}
    assert ("campaign.cancel", f"campaign {campaign.pk}") in trace()


@on_both
def test_uncertain_texts_are_shown_and_explained(here, manager):
    here.members(1)
    campaign = here.campaign(TEXT)
    here.settle()
    here.sql("UPDATE message SET state = 5, reason = 'owner_gone' WHERE campaign_id = %s", campaign.pk)
    said = words(manager.get(f"/campaigns/{campaign.pk}"))
    assert "1 text is uncertain." in said
    assert "nobody gets it twice" in said


@on_both
def test_a_finished_campaign_says_what_came_of_it(here, manager):
    here.members(2)
    here.strangers(["+31612345690"])
    campaign = here.campaign(TEXT)
    here.settle()
    campaign.refresh_from_db()
    said = words(manager.get(f"/campaigns/{campaign.pk}"))
    assert campaign.state == "done"
    assert "2 texts went to the carrier." in said
    assert "1 was refused by the rules." in said
    assert "The person never agreed to these texts." in said


@on_both
def test_a_page_whose_campaign_moved_on_loads_itself_anew(here, manager):
    campaign = here.campaign(TEXT)
    same = manager.get(f"/campaigns/{campaign.pk}?seen=running", HTTP_HX_REQUEST="true")
    assert "HX-Refresh" not in same
    campaigns.pause(campaign.pk)
    moved = manager.get(f"/campaigns/{campaign.pk}?seen=running", HTTP_HX_REQUEST="true")
    assert moved["HX-Refresh"] == "true"


@on_both
def test_the_list_shows_how_far_each_is_and_pages_by_key(here, manager):
    for _number in range(reporting.PAGE + 1):
        here.campaign(TEXT, is_started=False)
    html = read(manager.get("/campaigns"))
    assert html.count('id="campaign-') == reporting.PAGE
    (older,) = set(re.findall(r'href="(/campaigns\?before=\d+)"', html))
    assert read(manager.get(older)).count('id="campaign-') == 1


def test_without_campaigns_the_list_teaches_with_one_action(manager):
    html = read(manager.get("/campaigns"))
    assert "No campaigns yet" in html
    assert html.count('href="/campaigns/new"') == 1


# Who may


ACTS = ["verdict/count", "start", "pause", "resume", "cancel"]


@on_both
@pytest.mark.parametrize("act", ACTS)
def test_a_viewer_changes_nothing(here, viewer, act):
    campaign = a_draft(here) if act in {"verdict/count", "start"} else here.campaign(TEXT)
    before = models.Campaign.objects.values_list("state", flat=True).get()
    verdicts = models.CampaignVerdict.objects.count()
    html = read(viewer.post(f"/campaigns/{campaign.pk}/{act}", {"typed": "CANCEL"}), 403)
    assert "Your account may not do this" in html
    assert models.Campaign.objects.values_list("state", flat=True).get() == before
    assert models.CampaignVerdict.objects.count() == verdicts
    assert trace() == []


def test_a_viewer_writes_no_campaign_but_sees_them_all(here, viewer):
    campaign = a_draft(here)
    counted(here, campaign)
    assert viewer.post("/campaigns/new", form(here)).status_code == 403
    assert viewer.post(f"/campaigns/{campaign.pk}/edit", form(here)).status_code == 403
    html = read(viewer.get(f"/campaigns/{campaign.pk}"))
    assert "the owner or a manager sends it" in html
    assert "/start" not in html
    assert "/campaigns/new" not in read(viewer.get("/campaigns"))


def test_a_stranger_sees_nothing(here):
    campaign = here.campaign(TEXT)
    stranger = Client(SERVER_NAME="localhost")
    for address in ("/campaigns", f"/campaigns/{campaign.pk}", "/messages", "/imports"):
        assert stranger.get(address)["Location"].startswith("/sign-in")


# Figures


def test_the_pace_is_that_of_the_last_looks():
    assert reporting.pace([(0.0, 0), (10.0, 500)], 1000) == reporting.Pace(per_second=50.0, left_s=20)
    assert reporting.pace([(0.0, 5)], 10) == reporting.Pace(per_second=0.0, left_s=None)
    assert reporting.pace([(0.0, 5), (4.0, 5)], 10).left_s is None


def test_an_overview_accounts_for_everybody(here):
    here.members(2)
    here.strangers(["+31612345690"])
    campaign = here.campaign(TEXT, send_by=here.at + timedelta(days=3))
    here.settle()
    campaign.refresh_from_db()
    found = reporting.overview(here.store, campaign, here.at)
    assert sum(found.states.values()) == found.total == 3
    assert {cause.code: cause.count for cause in found.causes} == {"never_asked": 1}
    assert found.causes[0].example.code == "never_asked"
