"""Messages in the console: the list by time, and each with its reasons computed again."""

import re

import pytest

from factories.composed import noon_of_a_workday
from factories.consoles import signed_in
from factories.databases import on_both
from factories.pages import read
from factories.worlds import world
from yesword.domain.ids import bucket_of, to_text
from yesword.domain.messages import MessageKind, MessageState
from yesword.reporting import messages as reporting
from yesword.reporting.messages import Filter
from yesword.store.models import User


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        made.now[0] = noon_of_a_workday()
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.VIEWER)


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", read(answer)).split())


def keys(lines):
    return [line.key for line in lines]


def test_the_list_is_newest_first_over_all_buckets_and_pages_without_gap(here):
    people = here.members(7)
    planned = [here.plan(people[index % 7]) for index in range(reporting.PAGE + 10)]
    assert len({bucket_of(each) for each in planned}) > 1
    first = reporting.message_page(here.store, Filter())
    assert len(first) == reporting.PAGE + 1
    second = reporting.message_page(here.store, Filter(), before=first[reporting.PAGE - 1].key)
    assert [*keys(first)[: reporting.PAGE], *keys(second)] == sorted(
        (each & ((1 << 53) - 1) for each in planned), reverse=True
    )


@on_both
def test_filters_hold_together(here):
    (person,) = here.members(1)
    code = here.plan(person, kind=MessageKind.CODE)
    club = here.plan(person)
    events = here.plan(person, program=here.events)
    assert [each.id for each in reporting.message_page(here.store, Filter(kind=MessageKind.CODE))] == [code]
    found = reporting.message_page(here.store, Filter(program=here.events.id))
    assert [each.id for each in found] == [events]
    here.sql("UPDATE message SET state = 5 WHERE id = %s", club)
    found = reporting.message_page(here.store, Filter(state=MessageState.UNCERTAIN, program=here.club.id))
    assert [each.id for each in found] == [club]


def test_the_list_shows_text_and_state_and_no_number(here, console):
    here.members(1, numbers=["+31612345601"])
    here.campaign("[Brand]: 20% off.")
    here.settle()
    html = read(console.get("/messages"))
    assert "Linde &amp; Loom: 20% off." in html
    assert "+31612345601" not in html
    assert "601" in html, "the end of a number is enough to recognise it"
    assert read(console.get("/messages?state=uncertain")).count("No texts like that") == 1
    assert console.get("/messages?state=nonsense&program=x&before=y").status_code == 200


@on_both
def test_a_text_shows_as_it_went_with_every_decision_the_same_byte_for_byte(here, console):
    here.members(1, numbers=["+31612345601"], name="Anna de Wit")
    campaign = here.campaign("[Brand]: hello [First name|there].")
    here.settle()
    (line,) = reporting.message_page(here.store, Filter(campaign=campaign.pk))
    page = console.get(f"/messages/{to_text('msg', line.id)}")
    said = words(page)
    assert "Linde & Loom: hello Anna. Reply STOP to stop." in said.replace("&amp;", "&")
    assert "May this text go to Anna de Wit?" in said
    assert "the same, byte for byte" in said
    assert "The carrier took it" in said
    assert "+31612345601" not in read(page)


def test_a_refused_text_says_why_and_what_would_change_it(here, console):
    here.strangers(["+31612345690"], name="Bruno")
    campaign = here.campaign()
    here.settle()
    (line,) = reporting.message_page(here.store, Filter(campaign=campaign.pk))
    said = words(console.get(f"/messages/{to_text('msg', line.id)}"))
    assert "The person never agreed to these texts." in said
    assert "Ask for consent where the person comes to you" in said
    assert "It may not go." in said


@on_both
def test_a_decision_that_no_longer_comes_out_the_same_says_so(here, console, monkeypatch):
    here.strangers(["+31612345690"])
    campaign = here.campaign()
    here.settle()
    (line,) = reporting.message_page(here.store, Filter(campaign=campaign.pk))
    from yesword.domain.gate import decide
    from yesword.sending import explaining

    def other_gate(facts, rules, at):
        from dataclasses import replace

        return replace(decide(facts, rules, at), reasons=())

    monkeypatch.setattr(explaining, "decide", other_gate)
    assert "comes out differently" in words(console.get(f"/messages/{to_text('msg', line.id)}"))


def test_a_campaign_text_that_has_not_gone_shows_how_it_would_read(here, console):
    here.members(1, name="Anna")
    campaign = here.campaign("[Brand]: hello [First name|there].")
    from yesword.sending import campaigns

    campaigns.feed(here.store, here.at)
    (line,) = reporting.message_page(here.store, Filter(campaign=campaign.pk))
    said = words(console.get(f"/messages/{to_text('msg', line.id)}"))
    assert "hello Anna." in said
    assert "it is fixed when it goes" in said
    assert "The gate has not been asked yet." in said


@on_both
def test_an_uncertain_text_is_explained(here, console):
    (person,) = here.members(1)
    message = here.plan(person)
    here.sql("UPDATE message SET state = 5, reason = 'owner_gone' WHERE id = %s", message)
    assert "Nobody knows whether this text went." in words(
        console.get(f"/messages/{to_text('msg', message)}")
    )


@pytest.mark.parametrize("reference", ["msg_zzzz", "con_1", "msg_", "nonsense"])
def test_an_address_without_a_message_is_not_found(here, console, reference):
    assert console.get(f"/messages/{reference}").status_code == 404
