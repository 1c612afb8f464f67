"""A1-A5, A8-A14, A16, T4, T7: the link of a text ends the texts with one tap, and only what was meant as one."""

import logging
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from factories.leaving_links import TEMPLATE, Visitor, later, noon, path_in, said, said_token, texted
from factories.worlds import ANNA
from yesword.domain.events import Actor, EventKind, Grade
from yesword.domain.messages import MessageState
from yesword.domain.text import measure
from yesword.reporting.people import read_events
from yesword.sending import leaving
from yesword.store import leave_answers, leave_links
from yesword.store.leave_answers import LeaveReason
from yesword.web.logs import mask
from yesword.web.public import leave

BERT = "+31687654321"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def events(here, number=ANNA):
    return [each.event for each in read_events(here.store, here.contact(number))]


def is_in(here, number=ANNA, program=None):
    return here.state(number).grant_for((program or here.club).id) is not None


@pytest.fixture
def path(here):
    here.members(1, numbers=[ANNA])
    return texted(here)


# --- the link ------------------------------------------------------------------------------------------------


def test_a_text_carries_a_link_of_its_own_and_the_store_only_its_digest(on_both):
    here = on_both
    here.members(2, numbers=[ANNA, BERT])
    here.campaign(TEMPLATE)
    here.settle()
    paths = {path_in(here.shown(each)[-1]) for each in (ANNA, BERT)}
    assert len(paths) == 2
    text = here.shown()[-1]
    assert text == f"Linde & Loom: 20% off. To stop: http://localhost:8000{path_in(text)}"
    rows = here.sql("SELECT digest, contact_id, program_id, campaign_id FROM leave_link ORDER BY contact_id")
    assert sorted(row[1] for row in rows) == sorted(here.contact(each).id for each in (ANNA, BERT))
    for word in (each.removeprefix("/u/") for each in paths):
        assert all(word.encode() not in bytes(row[0]) for row in rows)


def test_what_is_previewed_is_as_long_as_what_goes(here):
    from yesword.sending.writing import personal_text

    here.members(1, numbers=[ANNA])
    shown = personal_text(TEMPLATE, here.club, here.contact())
    texted(here)
    assert measure(shown).segments == measure(here.shown()[-1]).segments
    assert len(shown) == len(here.shown()[-1])
    assert leave_links.LINKS.sample() in shown


def test_a_text_that_is_refused_or_waits_makes_no_link(here):
    here.strangers([ANNA])
    here.campaign(TEMPLATE)
    here.settle()
    assert here.sql("SELECT count(*) FROM leave_link") == [(0,)]


def test_a_name_that_nobody_can_answer_offers_the_link_where_a_way_out_is_due(here):
    from factories.worlds import publish
    from yesword.store import models

    name = models.Sender.objects.create(account=here.account, address="Linde", kind="alphanumeric")
    brand = models.Brand.objects.get(key="demo")
    news = publish(brand, name, key="news", name="News", keywords=())
    here.members(1, news, numbers=[ANNA])
    here.campaign("[Brand]: 20% off.", program=news)
    here.settle()
    ((state, reason),) = here.sql("SELECT state, reason FROM message")
    assert (MessageState(state), reason) in {(MessageState.SENT, ""), (MessageState.DELIVERED, "")}
    assert "STOP" not in here.shown()[-1]
    assert path_in(here.shown()[-1])


# --- looking ends nothing ------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in {"href", "src", "action", "formaction"}]


def everywhere(web, start, *, prefetch):
    """As a scanner does it: every address that a page names, by GET and by HEAD, and what these name."""
    more = {"HTTP_SEC_PURPOSE": "prefetch"} if prefetch else {}
    seen, ahead = set(), [start]
    while ahead:
        address = ahead.pop()
        if address in seen or not address.startswith(("/u/", "?", start)):
            continue
        seen.add(address)
        url = f"{start}{address}" if address.startswith("?") else address
        web.head(url, **more)
        answer = web.get(url, HTTP_ACCEPT="text/html", **more)
        if answer.status_code == 200:
            ahead += Links(answer.content.decode()).found
    return seen


@pytest.mark.parametrize("prefetch", [False, True], ids=["a scanner", "a browser that loads ahead"])
def test_a_scanner_that_follows_every_link_ends_nothing(here, web, path, prefetch):
    seen = everywhere(web, path, prefetch=prefetch)
    assert len(seen) > 4
    assert is_in(here)
    assert [each.kind for each in events(here)] == [EventKind.GRANTED]


def test_a_scanner_that_follows_every_link_of_the_done_page_undoes_nothing(here, web, path):
    done = web.post(path)
    for address in Links(done.content.decode()).found:
        if address.startswith("/u/"):
            web.get(address, HTTP_ACCEPT="text/html")
            web.head(address)
    assert not is_in(here)
    assert [each.kind for each in events(here)] == [EventKind.WITHDRAWN, EventKind.GRANTED]


# --- leaving -------------------------------------------------------------------------------------------------


def test_the_page_names_the_company_the_masked_number_and_one_button(here, web, path):
    answer = web.get(path)
    assert answer.status_code == 200
    text = said(answer)
    assert "Stop texts from Linde & Loom?" in text
    assert "•••••• 678" in text
    assert ANNA not in answer.content.decode()
    assert "123456" not in answer.content.decode()
    assert "password" not in text.casefold()


def test_one_tap_ends_everything_of_the_brand_without_a_cookie_or_a_token(here, path):
    here.grant([here.contact().id], here.events)
    answer = Visitor().post(path, {"what": "brand"})
    assert answer.status_code == 200
    assert "No more texts from Linde & Loom" in said(answer)
    assert not is_in(here)
    assert not is_in(here, program=here.events)
    stop = events(here)[0]
    assert (stop.kind, stop.actor, stop.route) == (EventKind.WITHDRAWN, Actor.PERSON, "link")
    assert (stop.scope.program, stop.reason) == (None, "unsubscribe_link")
    (record, *_) = read_events(here.store, here.contact())
    ((message, campaign),) = here.sql("SELECT id, campaign_id FROM message WHERE kind = 'campaign'")
    from yesword.domain.ids import to_text

    assert record.context == {"message": to_text("msg", message), "campaign": campaign, "door": "page"}


def test_one_program_alone_may_be_left(here, web, path):
    here.grant([here.contact().id], here.events)
    assert "Stop only Club" in said(web.get(path))
    answer = web.post(path, {"what": "program"})
    assert "No more texts of Club from Linde & Loom" in said(answer)
    assert not is_in(here)
    assert is_in(here, program=here.events)


def test_a_program_leaves_for_the_person_with_one_click(here, path):
    answer = Visitor().post(path, ONE_CLICK)
    assert answer.status_code == 200
    assert not is_in(here)
    assert read_events(here.store, here.contact())[0].context["door"] == "one_click"
    assert not answer.cookies, "and can take nothing back"


def test_two_taps_are_one_stop(here, web, path):
    web.post(path)
    again = web.post(path)
    assert again.status_code == 200
    assert "Was that a slip?" not in said(again)
    assert [each.kind for each in events(here)] == [EventKind.WITHDRAWN, EventKind.GRANTED]


def test_the_link_of_an_old_text_ends_what_was_joined_since(here, web, path):
    web.post(path)
    here.now[0] = noon(1)
    here.grant([here.contact().id], here.club)
    assert is_in(here)
    web.post(path)
    assert not is_in(here)


def test_a_forwarded_link_ends_texts_to_the_number_it_was_made_for(here):
    here.members(2, numbers=[ANNA, BERT])
    here.campaign(TEMPLATE)
    here.settle()
    somebody_else = Visitor()
    answer = somebody_else.post(path_in(here.shown(BERT)[-1]))
    assert "321" in said(answer)
    assert (is_in(here, ANNA), is_in(here, BERT)) == (True, False)


def test_the_stop_is_confirmed_by_text_at_most_once_and_sells_nothing(here, web, path):
    before = len(here.shown())
    web.post(path)
    web.post(path)
    here.now[0] = datetime.now(
        UTC
    )  # a confirmation is worth something for minutes only, and goes at any hour
    here.settle()
    assert here.shown()[before:] == ["Linde & Loom: no more messages."]


def test_stop_is_final_for_a_link_while_a_campaign_runs(on_both, web):
    """The page says that it is done; from then on nothing that it ended is handed over."""
    here = on_both
    here.members(40)
    here.members(1, numbers=[ANNA])
    path = texted(here)
    here.campaign("[Brand]: 30% off. [Unsubscribe]")
    from yesword.sending import campaigns

    while campaigns.feed(here.store, here.at):
        pass
    queued = here.sql("SELECT count(*) FROM message WHERE contact_id = %s AND state = 0", here.contact().id)
    assert queued == [(1,)]
    shown = here.shown()
    assert web.post(path).status_code == 200
    later(here)
    assert [each for each in here.shown()[len(shown) :] if "off" in each] == []
    here.campaign("[Brand]: 40% off.")
    here.settle()
    assert [each for each in here.shown()[len(shown) :] if "off" in each] == []


def test_while_a_text_is_on_its_way_the_page_does_not_say_that_it_is_done(here, web, path, monkeypatch):
    here.campaign("[Brand]: 30% off. Reply STOP to stop.")
    from yesword.sending import campaigns

    while campaigns.feed(here.store, here.at):
        pass
    (taken,) = here.claim_all()
    monkeypatch.setattr(leave, "leave", lambda *given, **more: real(*given, **more, patience_s=0.05))
    answer = web.post(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    assert "Not done yet" in said(answer)
    assert "No more texts from" not in said(answer)
    assert not is_in(here), "it stands all the same"
    here.hand_over(taken)
    answer = web.post(path)
    assert answer.status_code == 200
    assert "No more texts from" in said(answer)
    assert [each.kind for each in events(here)] == [EventKind.WITHDRAWN, EventKind.GRANTED]


real = leave.leave


# --- words that are no link ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda path: path[:-1] + ("a" if path[-1] != "a" else "b"), id="one letter altered"),
        pytest.param(lambda path: path[:-1], id="cut short"),
        pytest.param(lambda path: f"{path}x", id="one letter more"),
        pytest.param(lambda path: path.swapcase().replace("/U/", "/u/"), id="the other case"),
        pytest.param(lambda _: "/u/00000000000", id="guessed"),
        pytest.param(lambda _: "/u/%00%ff", id="no letters"),
    ],
)
@pytest.mark.parametrize("way", ["get", "post"])
def test_an_altered_link_gets_a_clear_page_and_changes_nothing(here, web, path, changed, way):
    answer = getattr(web, way)(changed(path))
    assert answer.status_code == 404
    assert "This link opens nothing" in said(answer)
    assert is_in(here)
    assert len(events(here)) == 1


def test_what_a_sentence_left_on_a_link_does_no_harm(here, web, path):
    assert web.post(f"{path}.").status_code == 200
    assert not is_in(here)


def test_guessing_is_slowed_and_harms_nobody_who_has_a_link(here, web, path):
    codes = [web.get(f"/u/{each:011d}").status_code for each in range(40)]
    assert codes[0] == 404
    assert codes[-1] == 429
    assert web.post(path).status_code == 200


def test_after_an_erasure_the_link_opens_nothing(here, web, path):
    from yesword.privacy import erasing
    from yesword.privacy.erasing import REQUESTED, Wish

    token = said_token(web.post(path))
    web.post(f"{path}/why", {"said": token, "reason": "other", "words": "my words"})
    erasing.erase(here.store, here.contact().id, Wish(ground=REQUESTED), datetime.now(UTC))
    assert web.get(path).status_code == 404
    assert here.sql("SELECT count(*) FROM leave_link") == [(0,)]
    assert here.sql("SELECT count(*) FROM leave_answer") == [(0,)]


# --- a slip of the finger ------------------------------------------------------------------------------------


def test_a_slip_is_undone_once_in_the_browser_that_made_it(here, web, path):
    web.post(path)
    answer = web.post(f"{path}/undo")
    assert answer.status_code == 200
    assert "is as it was before" in said(answer)
    assert is_in(here)
    assert here.state().grant_for(here.club.id).grade is Grade.A
    undone = events(here)[0]
    assert (undone.kind, undone.actor, undone.route, undone.reason) == (
        EventKind.CORRECTED,
        Actor.PERSON,
        "link",
        "slip",
    )


def test_to_undo_a_slip_after_a_stop_by_text_says_that_the_stop_stands(here, web, path):
    web.post(path)
    here.text(ANNA, "STOP")
    shown = said(web.post(f"{path}/undo"))
    assert "that stop stands" in shown
    assert "text START to 800123" in shown
    assert "is as it was before" not in shown
    assert not is_in(here)


def test_who_leaves_once_more_is_not_brought_back_by_a_start_of_in_between(here, path):
    who = leaving.holder(here.store, path.removeprefix("/u/"))

    def leave():
        return leaving.leave(here.store, who, here.at, door=leaving.Door.PAGE, language="en")

    first = leave()
    here.wait(seconds=2)
    assert (leave().event, leave().is_new) == (first.event, False), "two taps of one finger"
    here.wait(minutes=1)
    texted_at = here.at
    here.wait(minutes=1)
    again = leave()
    assert (again.is_new, again.may_undo) == (False, False)
    assert again.event != first.event
    here.wait(seconds=20)
    here.receive(ANNA, "START", at=texted_at)  # it was on its way for long
    assert not is_in(here)
    here.text(ANNA, "START")
    assert is_in(here)


def test_the_same_slip_is_not_undone_twice(here, web, path):
    web.post(path)
    cookie = web.cookies["yesword-slip"].value
    web.post(f"{path}/undo")
    web.post(path, ONE_CLICK)
    web.cookies["yesword-slip"] = cookie
    answer = web.post(f"{path}/undo")
    assert answer.status_code == 403
    assert "can no longer be undone here" in said(answer)
    assert not is_in(here)


def test_whoever_leaves_and_undoes_again_and_again_makes_one_text_and_one_undo(on_both, web):
    here = on_both
    here.join()
    path = texted(here)
    before = len(here.shown())
    for _ in range(5):
        web.post(path)
        here.now[0] = datetime.now(UTC)
        here.settle()
        web.post(f"{path}/undo")
    assert not is_in(here)
    assert [each.kind for each in events(here)[:4]] == [
        EventKind.WITHDRAWN,
        EventKind.CORRECTED,
        EventKind.WITHDRAWN,
        EventKind.CONFIRMED,
    ]
    assert "Was that a slip?" not in said(Visitor().post(path))
    here.settle()
    assert len(here.shown()) == before + 1


def test_a_confirmation_that_never_went_is_made_up_for_by_the_next(here, web, path):
    before = len(here.shown())
    web.post(path)
    web.post(f"{path}/undo")
    web.post(path)
    here.now[0] = datetime.now(UTC)
    here.settle()
    assert here.shown()[before:] == ["Linde & Loom: no more messages."]


def test_after_the_handset_itself_has_come_back_a_slip_may_be_undone_again(here, web, path):
    web.post(path)
    web.post(f"{path}/undo")
    web.post(path)
    here.now[0] = datetime.now(UTC)
    here.text(ANNA, "START")
    assert is_in(here)
    here.now[0] = noon(1)
    web.post(path)
    assert "is as it was before" in said(web.post(f"{path}/undo"))
    assert is_in(here)


def test_after_an_undo_no_trace_keeps_anybody_out_and_the_page_says_so(here, web, path):
    assert "trace" in said(web.post(path))
    assert "trace" not in said(web.post(f"{path}/undo"))


def test_another_browser_undoes_nothing(here, web, path):
    web.post(path)
    other = Visitor()
    other.post(path)
    assert other.post(f"{path}/undo").status_code == 403
    assert not is_in(here)


def test_a_slip_is_not_undone_when_it_is_too_late(here, web, path):
    web.post(path)
    row = here.sql("SELECT state FROM standing WHERE contact_id = %s", here.contact().id)
    assert row
    made = here.state().withdrawals[0]
    assert made.may_be_slip(made.at + timedelta(minutes=15))
    assert not made.may_be_slip(made.at + timedelta(minutes=15, seconds=1))
    from yesword.consent.taking_back import TooLateError
    from yesword.sending.leaving import holder, undo

    who = holder(here.store, path.removeprefix("/u/"))
    with pytest.raises(TooLateError):
        undo(here.store, who, made.event, made.at + timedelta(minutes=16))
    assert not is_in(here)


def test_a_cookie_of_another_link_undoes_nothing(here, web, path):
    other = texted(here, template="[Brand]: 25% off. [Unsubscribe]")
    web.post(path)
    web.cookies["yesword-slip"]["path"] = other
    assert web.post(f"{other}/undo").status_code == 403
    assert not is_in(here)


def test_an_undo_lifts_no_stop_of_the_handset(here, web, path):
    here.text(ANNA, "STOP")
    web.post(path)
    web.post(f"{path}/undo")
    assert not is_in(here)


def test_an_undo_brings_back_no_text_that_was_cancelled(here, web, path):
    here.campaign("[Brand]: 30% off. Reply STOP to stop.")
    from yesword.sending import campaigns

    while campaigns.feed(here.store, here.at):
        pass
    shown = len(here.shown())
    web.post(path)
    web.post(f"{path}/undo")
    later(here)
    assert [each for each in here.shown()[shown:] if "30%" in each] == []


@pytest.mark.parametrize(
    ("posted", "chosen"),
    [
        pytest.param({"instead": "fewer"}, {"count": 1, "window_days": 30}, id="fewer texts"),
        pytest.param(
            {"instead": "topics", "without": "shoes"}, {"without_categories": ("shoes",)}, id="topics"
        ),
        pytest.param(
            {"instead": "topics", "without": "yachts"}, {"without_categories": ()}, id="no topic of theirs"
        ),
    ],
)
def test_less_may_be_chosen_instead_of_nothing(here, web, path, posted, chosen):
    web.post(path)
    assert web.post(f"{path}/undo", posted).status_code == 200
    assert is_in(here)
    found = here.state().preferences_for(here.club.id)
    assert {name: getattr(found, name) for name in chosen} == chosen


def test_a_pause_may_be_chosen_instead_of_nothing(here, web, path):
    web.post(path)
    answer = web.post(f"{path}/undo", {"instead": "pause"})
    assert "nothing for 30 days" in said(answer)
    until = here.state().preferences_for(here.club.id).paused_until
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)
    shown = len(here.shown())
    here.now[0] = noon(1)
    here.campaign("[Brand]: 35% off.")
    here.settle()
    assert [each for each in here.shown()[shown:] if "35%" in each] == []


# --- why -----------------------------------------------------------------------------------------------------


def test_why_is_optional_counted_and_sealed(here, web, path):
    answer = web.post(path)
    token = said_token(answer)
    for label in ("Too many texts", "Not relevant to me", "I have lost interest", "I buy elsewhere now"):
        assert label in said(answer)
    words = "Too many at once — " + "x" * 600
    thanks = web.post(f"{path}/why", {"said": token, "reason": "too_often", "words": words, "mail": "yes"})
    assert "Thank you" in said(thanks)
    with here.store.database.read() as session:
        (found,) = leave_answers.of_contact(here.store, session, here.contact().id)
        (counted,) = leave_answers.counted(
            session, here.club.brand, datetime.now(UTC) - timedelta(days=1), datetime.now(UTC)
        )
    assert (found.reason, found.words, found.wants_mail) == (LeaveReason.TOO_OFTEN, words[:500], True)
    assert found.event == here.state().withdrawals[0].event
    assert (counted.reason, counted.program, counted.count) == (LeaveReason.TOO_OFTEN, here.club.id, 1)
    ((sealed,),) = here.sql("SELECT sealed_words FROM leave_answer")
    assert b"Too many" not in bytes(sealed)
    shown = len(here.shown())
    later(here)
    assert len(here.shown()) == shown, "no text follows from it"


def test_what_they_said_is_in_what_is_held_of_them(here, web, path):
    from yesword.privacy.access import collect
    from yesword.privacy.access_json import write_json
    from yesword.privacy.access_page import write_readable
    from yesword.web.telling import plain_day

    token = said_token(web.post(path))
    web.post(f"{path}/why", {"said": token, "reason": "changed", "words": "only boots now"})
    held = collect(here.store, here.contact(), datetime.now(UTC), since=noon(-1), second_proof=True)
    assert "only boots now" in write_json(held)
    assert "only boots now" in write_readable(held, "en", str, plain_day, back="/")


def test_the_record_tells_of_leaving_by_a_page_and_of_a_slip(here, web, path):
    from yesword.web.telling import event_sentence

    web.post(path)
    web.post(f"{path}/undo")
    records = read_events(here.store, here.contact())
    programs = {here.club.id: here.club}
    told = [event_sentence(each.event, "Anna", "Linde & Loom", programs) for each in records[:2]]
    assert told == [
        "Anna took back at once, on the same page, that they had left: a slip.",
        "Anna ended everything from Linde & Loom on a page.",
    ]


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0:abc:def"])
def test_why_without_having_left_is_not_kept(here, web, path, token):
    assert web.post(f"{path}/why", {"said": token, "reason": "other"}).status_code == 200
    assert here.sql("SELECT count(*) FROM leave_answer") == [(0,)]
    assert is_in(here)


# --- what the pages are --------------------------------------------------------------------------------------


def pages(web, path):
    yield web.get(path)
    yield web.post(path)
    yield web.post(f"{path}/undo")
    yield web.get("/u/00000000000")
    yield web.get(f"{path}/code")


def test_pages_are_light_private_and_found_by_no_search(here, web, path):
    for answer in pages(web, path):
        html = answer.content.decode()
        assert len(answer.content) < 20_000
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "<script" not in html
        assert 'src="http' not in html
        assert "csrfmiddlewaretoken" not in html


@pytest.mark.parametrize("language", ["en", "nl", "sv", "de", "da"])
def test_the_page_speaks_the_language_that_is_asked_for(here, web, path, language):
    answer = web.get(f"{path}?lang={language}")
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_page_speaks_the_persons_language(here, web):
    here.members(1, numbers=[BERT], language="sv")
    answer = web.get(texted(here, BERT))
    assert answer.headers["Content-Language"] == "sv"


def test_a_link_is_in_no_log(here, web, path, caplog):
    word = path.removeprefix("/u/")
    with caplog.at_level(logging.DEBUG):
        web.get(path)
        web.post(path)
        web.get(f"{path}x")
    assert [each for each in caplog.messages if word in mask(each)] == []
    assert mask(f"GET http://localhost:8000{path}?lang=sv HTTP/1.1").count(word) == 0
    assert word not in mask(f"https://shop.example/stop?t={word}")


def test_the_data_notice_stands_on_both_pages(here, web, path):
    for answer in (web.get(path), web.post(path)):
        assert "keeps a proof that you left" in said(answer)
        assert 'href="https://example.org/privacy"' in answer.content.decode()


def test_no_page_of_the_link_shows_more_than_the_masked_number(here, web, path):
    here.grant([here.contact().id], here.events)
    for answer in pages(web, path):
        html = answer.content.decode()
        assert ANNA not in html
        assert not re.search(r"/r/[\w-]{22}", html)
