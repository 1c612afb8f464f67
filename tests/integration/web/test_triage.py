"""The queue of replies in the console: what stands there and in which order, what may be done about it, and by whom."""

import html as markup
import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from factories.readings import leaving, reading
from factories.worlds import ANNA, EVENTS, NOON, publish, world
from yesword.accounts import rights
from yesword.domain.ids import InboundId, from_text, to_text
from yesword.domain.messages import MessageState
from yesword.domain.privacy import due_at
from yesword.domain.programs import OptIn
from yesword.domain.triage import TriageState, Verb
from yesword.domain.understanding import Kind, Right, Scope, understand
from yesword.reporting.replies import Row
from yesword.sending import privacy_requests, triage
from yesword.store import models
from yesword.store.models import AuditEntry, User
from yesword.web import counted, queued_replies
from yesword.web.console import replies, replies_settling

BEA, CIS = "+31612345679", "+31612345677"
PROBABLE = "please cancel and stop"
WRONG_NUMBER = "this is not anna, wrong number"
WEAK = "no thanks"
ONLY_CLUB = "only send me the club"
QUESTION = "do you have <b>size 42</b>?"
ACCESS = "what data do you have on me?"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    """The world, with pages that live by its clock."""
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return opened.at.astimezone(tz)

        for module in (replies, replies_settling):
            monkeypatch.setattr(module, "datetime", Clock)
        yield opened


def signed_in(role=User.Role.OWNER, name=None, **more):
    user = User.objects.create_user(name or role, "a sentence that only they say", role=role)
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"}, **more)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def console(here):
    return signed_in()


def ask(here, body, number=ANNA, *, joins=True):
    """Somebody texts this; the name of its row."""
    if joins:
        here.join(number)
    here.text(number, body)
    return row_of(here, number)


def row_of(here, number=ANNA):
    rows = here.sql(
        "SELECT id FROM inbound_text WHERE contact_id = %s ORDER BY id DESC", here.contact(number).id
    )
    return to_text("inb", rows[0][0])


def item(here, ref):
    with here.store.database.read() as session:
        return triage.read(here.store, session, InboundId(from_text("inb", ref)))


def body_of(answer):
    html = answer.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def read(client, address="/replies"):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return body_of(answer)


def words(html):
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", html)).split())


def row(html, ref):
    found = re.search(rf'<article [^>]*id="{ref}".*?</article>', html, re.DOTALL)
    assert found, f"{ref} is not on the page"
    return found[0]


def settle(client, ref, verb, **typed):
    return client.post(f"/replies/{ref}/{verb}", typed)


def test_the_texts_of_these_tests_are_read_as_they_say():
    assert understand(PROBABLE).is_probable
    assert understand(WRONG_NUMBER).kind is Kind.WRONG_NUMBER
    assert understand(WEAK).rule == "weak_word"
    assert not understand(QUESTION).is_withdrawal
    assert understand(ACCESS).right is not None
    assert not understand(ACCESS).is_withdrawal


# What stands there


def test_texts_that_were_stopped_on_a_guess_come_before_older_questions(here, console):
    question = ask(here, QUESTION, BEA)
    probable = ask(here, PROBABLE)
    html = read(console)
    assert html.index(probable) < html.index(question)
    assert "Stopped on an unsure reading 1" in words(html)


def test_each_kind_has_a_head_of_its_own_the_most_urgent_first(here, console):
    question = ask(here, QUESTION, BEA)
    weak = ask(here, WEAK, CIS)
    access = ask(here, ACCESS)
    html = read(console)
    assert html.index(access) < html.index(weak) < html.index(question)
    heads = re.findall(r'<h2 id="([a-z-]+)">', html)
    assert [each for each in heads if not each.endswith("-title")] == [
        "privacy-request",
        "perhaps-stop",
        "question",
    ]


@pytest.fixture
def only_club(here, monkeypatch):
    """Somebody in three programs who unsurely wrote to keep one; the row."""
    known = reading(monkeypatch)
    known[ONLY_CLUB] = leaving(0.8, scope=Scope.OTHERS, program="club")
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    sender = models.Sender.objects.get(account=here.account, address=EVENTS)
    brand = models.Brand.objects.get(key="demo")
    news = publish(
        brand, sender, key="news", name="Daily", purpose="news", keywords=("NEWS",), opt_in=OptIn.SINGLE
    )
    here.grant([here.contact().id], news)
    here.text(ANNA, ONLY_CLUB)
    return row_of(here)


def test_a_row_that_ended_several_programs_names_them_and_is_undone_as_a_whole(here, console, only_club):
    said = words(row(read(console), only_club))
    assert "event news" in said
    assert "Daily news" in said
    assert "Other texts of Linde & Loom go on." in said
    assert settle(console, only_club, "undo", reason="Only asked.").status_code == 302
    assert here.state().withdrawals == ()
    assert "gets texts again" in words(read(console))


def test_on_the_person_s_page_it_is_one_reading(here, console, only_club):
    html = read(console, person_url(here))
    assert len(re.findall(r'action="/people/con_\w+/stops/evt_\w+/undo"', html)) == 1
    assert "Daily news" in words(html)
    assert console.post(undo_url(here, console), {"reason": "Only asked."}).status_code == 302
    assert here.state().withdrawals == ()
    assert item(here, only_club).state is TriageState.UNDONE


def test_where_nothing_else_was_there_to_end_the_row_says_that_texts_go_on(here, console, monkeypatch):
    reading(monkeypatch)[ONLY_CLUB] = leaving(scope=Scope.OTHERS, program="club")
    ref = ask(here, ONLY_CLUB)
    said = words(row(read(console), ref))
    assert "Nothing has ended: their texts go on." in said
    assert "To answer" in said


def test_a_row_says_who_what_why_and_what_was_done(here, console):
    ref = ask(here, PROBABLE)
    html = row(read(console), ref)
    said = words(html)
    assert f'href="/people/{to_text("con", here.contact().id)}"' in html
    assert "+31 •••••• 678" in said
    assert "Probably a stop" in said
    assert "Read as a stop: probable" in said
    assert "All texts of Linde & Loom to them ended on" in said
    assert "13:0" in said  # the brand's clock, not UTC
    assert "welcome to Club" in said  # the text of ours that it replies to


def test_the_words_that_decided_are_marked_and_everything_is_escaped(here, console):
    text = f"<script>alert('x')</script> & {PROBABLE}"
    intent = understand(text)
    assert intent.span
    ref = ask(here, text)
    html = row(read(console), ref)
    start, end = intent.span
    assert f"<mark>{markup.escape(text[start:end])}</mark>".replace("&#x27;", "&#39;") in html.replace(
        "&#x27;", "&#39;"
    )
    assert "<script>" not in html
    assert "alert(" in html


def test_a_perhaps_stop_says_that_texts_go_on(here, console):
    ref = ask(here, WEAK)
    said = words(row(read(console), ref))
    assert "Perhaps a stop" in said
    assert "Nothing has ended: their texts go on." in said
    assert here.state().grant_for(here.club.id) is not None


def test_a_privacy_request_shows_its_clock(here, console):
    ref = ask(here, ACCESS)
    asked = item(here, ref).received_at
    html = row(read(console), ref)
    assert item(here, ref).due_at == due_at(asked)
    assert "They want to see what you know about them." in words(html)
    assert "31 days left, until 2 April 2026" in words(html)


@pytest.mark.parametrize(
    ("passed", "tone", "told"),
    [
        (timedelta(), "slate", "31 days left, until 2 April 2026"),
        (timedelta(days=25), "amber", "6 days left, until 2 April 2026"),
        (timedelta(days=30), "amber", "1 day left, until 2 April 2026"),
        (timedelta(days=31, hours=-1), "brick", "To be answered today"),
        (timedelta(days=31, hours=1), "brick", "Overdue since today"),
        (timedelta(days=33), "brick", "Overdue by 2 days, since 2 April 2026"),
    ],
    ids=["when it came", "a week is left", "tomorrow", "today", "an hour too late", "days too late"],
)
def test_the_clock_counts_days_of_the_calendar(passed, tone, told):
    asked = NOON
    with translation.override("en"):
        shown = queued_replies.clock(due_at(asked), asked + passed, "Europe/Amsterdam")
    assert (shown.tone, shown.sentence) == (tone, told)


def test_nothing_waits_teaches(here, console):
    assert "Nothing waits for you" in words(read(console))


def test_pages_follow_each_other_by_key(here, console, monkeypatch):
    monkeypatch.setattr(replies, "PAGE", 2)
    refs = [ask(here, QUESTION, f"+3161234000{last}") for last in range(5)]
    seen, address = [], "/replies"
    while address:
        html = read(console, address)
        seen += re.findall(r'<article [^>]*id="(inb_\w+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = markup.unescape(following[1]) if following else ""
    assert seen == refs


def test_a_place_that_is_none_begins_at_the_front(here, console):
    ref = ask(here, QUESTION)
    assert ref in read(console, "/replies?after=nonsense")


@pytest.mark.parametrize(
    "place", ["99999999999999999999-0-inb_1", "9223372036854775807-0-inb_1", "\u0663-0-inb_1", "0--inb_1"]
)
def test_a_place_that_nobody_gave_out_begins_at_the_front_after_a_form_too(here, console, place):
    ref = ask(here, QUESTION)
    assert ref in read(console, f"/replies?{urlencode({'after': place})}")
    assert settle(console, ref, "answer", text="", after=place).status_code == 422
    assert settle(console, ref, "done", after=place).status_code == 302


def test_the_count_stands_in_the_navigation_and_on_the_home_page(here, console):
    assert "place-count" not in console.get("/").content.decode()
    ask(here, PROBABLE)
    ask(here, QUESTION, BEA)
    counted.forget()
    html = console.get("/").content.decode()
    assert words(html).count("1 stop to look at") == 3  # beside the pages, behind "More", and in its sheet
    assert "1 stop rests on an unsure reading." in words(body_of(console.get("/")))
    assert 'href="/replies"' in html


def test_another_brand_has_a_queue_of_its_own(here, console):
    models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/ledger/other")
    ref = ask(here, QUESTION)
    assert ref not in read(console, "/replies?brand=other")
    assert ref in read(console, "/replies?brand=demo")


# Who may do what


def test_the_queue_asks_for_a_sign_in(here):
    answer = Client(SERVER_NAME="localhost").get("/replies")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


@pytest.mark.parametrize("verb", ["confirm", "undo", "stop", "answer", "done"])
def test_viewers_look_and_change_nothing(here, verb):
    ref = ask(here, PROBABLE)
    viewer = signed_in(User.Role.VIEWER)
    html = read(viewer)
    assert "<form" not in row(html, ref)
    assert "You may look at these." in words(html)
    assert settle(viewer, ref, verb, reason="x", text="x").status_code == 403
    assert item(here, ref).state is TriageState.OPEN


def test_undoing_takes_a_right_of_its_own(here):
    ref = ask(here, PROBABLE)
    manager = signed_in(User.Role.MANAGER, "mia")
    assert f"/replies/{ref}/undo" not in read(manager)
    assert "To undo a stop takes a right of its own" in words(read(manager))
    assert settle(manager, ref, "undo", reason="She means the shoes.").status_code == 403
    assert here.state().withdrawal_for(None) is not None
    rights.give("mia", rights.Right.CORRECT)
    assert f"/replies/{ref}/undo" in read(manager)
    assert settle(manager, ref, "undo", reason="She means the shoes.").status_code == 302
    assert here.state().withdrawal_for(None) is None


@pytest.mark.parametrize("verb", ["confirm", "undo", "stop", "answer", "done"])
def test_a_form_from_elsewhere_is_refused(here, verb):
    ref = ask(here, PROBABLE)
    strict = signed_in(enforce_csrf_checks=True)
    assert settle(strict, ref, verb, reason="x", text="x").status_code == 403
    assert item(here, ref).state is TriageState.OPEN


@pytest.mark.parametrize("verb", ["confirm", "undo", "stop", "answer", "done"])
def test_an_address_of_a_form_leads_back_to_its_row_and_does_nothing(here, console, verb):
    ref = ask(here, PROBABLE)
    assert console.get(f"/replies/{ref}/{verb}")["Location"] == f"/replies#{ref}"
    assert console.get(f"/replies/inb_0/{verb}").status_code == 404
    assert item(here, ref).state is TriageState.OPEN


# What is done


def test_confirming_keeps_the_stop_and_goes_on_with_the_next_row(here, console):
    ref = ask(here, PROBABLE)
    following = ask(here, QUESTION, BEA)
    answer = settle(console, ref, "confirm")
    assert answer["Location"] == f"/replies#{following}"
    assert item(here, ref).state is TriageState.CONFIRMED
    assert here.state().withdrawal_for(None) is not None
    html = read(console)
    assert f'id="{ref}"' not in html
    said = words(html)
    assert "Confirmed: the text of +31 •••••• 678 is a stop." in said
    assert "owner confirmed that the text of +31 •••••• 678 is a stop." in said
    (trace,) = AuditEntry.objects.filter(action="reply.confirm")
    assert (trace.subject, trace.user.name) == (ref, "owner")


def test_confirming_a_wrong_number_says_so_and_ends_the_grants(here, console):
    ref = ask(here, WRONG_NUMBER)
    html = row(read(console), ref)
    assert "It is a wrong number" in words(html)
    assert "the number then counts as somebody else's" in words(html).lower()
    settle(console, ref, "confirm")
    assert here.state().invalid_since is not None


def test_undoing_starts_texts_again_and_revives_none_that_were_cancelled(here, console):
    here.join()
    queued = here.plan(here.contact().id, due_at=here.at + timedelta(days=1))
    here.text(ANNA, PROBABLE)
    assert here.message(queued)[0] is MessageState.CANCELLED
    ref = row_of(here)
    html = row(read(console), ref)
    assert "their texts start again" in html
    assert "stay cancelled" in html
    assert settle(console, ref, "undo", reason="She means the shoes.").status_code == 302
    assert item(here, ref).state is TriageState.UNDONE
    assert here.state().grant_for(here.club.id) is not None
    assert here.message(queued)[0] is MessageState.CANCELLED
    assert here.kinds()[-1] == "corrected"
    assert AuditEntry.objects.filter(action="reply.undo", subject=ref).exists()
    assert "She means the shoes." not in str(list(AuditEntry.objects.values()))


def test_where_another_stop_stands_undoing_promises_no_texts(here, console):
    ask(here, PROBABLE)
    here.text(ANNA, PROBABLE)
    settle(console, row_of(here), "undo", reason="She means the shoes.")
    assert here.state().withdrawal_for(None) is not None
    assert "another stop of +31 •••••• 678 stands: no texts start again." in words(read(console))


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_without_a_reason_nothing_is_undone_and_the_form_stays_open(here, console, reason):
    ref = ask(here, PROBABLE)
    answer = settle(console, ref, "undo", reason=reason)
    assert answer.status_code == 422
    html = row(body_of(answer), ref)
    assert re.search(r'<details [^>]*data-verb="undo" open', html)
    assert 'aria-invalid="true"' in html
    assert "Say why it was no stop." in words(html)
    assert item(here, ref).state is TriageState.OPEN


def test_what_was_typed_stays_where_it_was_not_taken(here, console):
    ref = ask(here, PROBABLE)
    here.text(ANNA, "STOP")
    answer = settle(console, ref, "undo", reason="She means <b>shoes</b>.")
    assert answer.status_code == 422
    html = row(body_of(answer), ref)
    assert "She means &lt;b&gt;shoes&lt;/b&gt;." in html
    assert "a plain stop since" in words(html)
    assert here.state().withdrawal_for(None) is not None


def test_an_exact_word_never_comes_into_the_queue_and_cannot_be_undone(here, console):
    ref = ask(here, "STOP")
    assert ref not in read(console)
    assert settle(console, ref, "undo", reason="x").status_code == 404
    assert (
        "Undo as a mistaken reading"
        not in console.get(f"/people/{to_text('con', here.contact().id)}").content.decode()
    )


def test_a_word_that_the_law_names_is_offered_no_undoing(here):
    found = item(here, ask(here, PROBABLE))
    telling = queued_replies.Telling(brand="Linde & Loom", programs={}, zone="UTC", at=here.at)
    for is_per_se in (False, True):
        shown = telling.row(
            Row(
                item=replace(found, read=replace(found.read, is_per_se=is_per_se)),
                person=here.contact(),
                state=here.state(),
                replies_to=None,
                request=None,
            )
        )
        assert (Verb.UNDO in shown.verbs) is not is_per_se


def test_stopping_a_perhaps_ends_everything(here, console):
    ref = ask(here, WEAK)
    assert settle(console, ref, "stop").status_code == 302
    assert here.state().withdrawal_for(None) is not None
    assert "Stopped: the texts to" in words(read(console))


def test_an_answer_goes_to_the_person(here, console):
    ref = ask(here, QUESTION)
    assert settle(console, ref, "answer", text="Linde & Loom: yes, we do.").status_code == 302
    here.settle()
    assert here.shown()[-1] == "Linde & Loom: yes, we do."
    assert item(here, ref).state is TriageState.ANSWERED
    assert "Your answer to +31 •••••• 678 is on its way." in words(read(console))


def test_an_answer_is_counted_before_it_goes(here, console):
    ref = ask(here, QUESTION)
    part = console.post(
        f"/replies/{ref}/answer", {"text": "x" * 170, "look": "1"}, headers={"HX-Request": "true"}
    )
    assert "2 segments" in part.content.decode()
    assert "<html" not in part.content.decode()
    whole = settle(console, ref, "answer", text="Yes 👟", look="1")
    html = row(body_of(whole), ref)
    assert whole.status_code == 200
    assert "1 segment · UCS-2" in words(html)
    assert "Yes 👟</textarea>" in html
    assert item(here, ref).state is TriageState.OPEN


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Write an answer first."), ("x" * 1601, "longer than a text can be")],
    ids=["empty", "too long"],
)
def test_an_answer_that_cannot_go_stays_in_its_field(here, console, text, told):
    ref = ask(here, QUESTION)
    answer = settle(console, ref, "answer", text=text)
    assert answer.status_code == 422
    html = row(body_of(answer), ref)
    assert told in words(html)
    assert f"{text}</textarea>" in html
    assert item(here, ref).state is TriageState.OPEN


def test_an_answer_that_is_far_too_long_is_not_weighed(here, console, monkeypatch):
    ref = ask(here, QUESTION)
    monkeypatch.setattr(replies_settling, "measure", lambda _: pytest.fail("it was measured"))
    assert settle(console, ref, "answer", text="x" * 100_000, look="1").status_code == 422


def test_whoever_has_stopped_is_offered_no_answer_and_gets_none(here, console):
    ref = ask(here, QUESTION)
    here.text(ANNA, "STOP")
    html = row(read(console), ref)
    assert 'data-verb="answer"' not in html
    assert "They have stopped, so no answer may go to them." in words(html)
    before = here.shown()
    answer = settle(console, ref, "answer", text="Linde & Loom: yes.")
    here.settle()
    assert answer.status_code == 302
    assert "no answer may go to them" in words(read(console))
    assert here.shown() == before


def test_an_answer_that_the_rules_refuse_is_not_sent_and_says_why(here, console):
    ref = ask(here, QUESTION)
    here.wait(hours=25)
    answer = settle(console, ref, "answer", text="Linde & Loom: yes, we do.")
    assert answer.status_code == 422
    html = row(body_of(answer), ref)
    assert "It was not sent: the rules refuse it." in words(html)
    assert "within 24 hours only" in words(html)
    assert "Linde &amp; Loom: yes, we do.</textarea>" in html
    assert item(here, ref).state is TriageState.OPEN


def test_a_text_is_put_away_as_done(here, console):
    ref = ask(here, QUESTION)
    assert settle(console, ref, "done").status_code == 302
    assert item(here, ref).state is TriageState.DONE


def test_closing_a_privacy_request_stops_its_clock_and_keeps_the_note(here, console):
    ref = ask(here, ACCESS)
    assert "Close the request" in words(row(read(console), ref))
    settle(console, ref, "done", note="Sent by post.")
    with here.store.database.read() as session:
        (asked,) = privacy_requests.of_contact(here.store, session, here.contact().id)
    assert asked.state is privacy_requests.State.DONE
    assert asked.note == "Sent by post."


def test_what_is_not_for_such_a_text_changes_nothing(here, console):
    ref = ask(here, QUESTION)
    assert settle(console, ref, "stop").status_code == 302
    assert "that cannot be done about this text" in words(read(console))
    assert item(here, ref).state is TriageState.OPEN
    assert here.state().withdrawal_for(None) is None


def test_whoever_comes_second_hears_who_was_faster(here, console):
    ref = ask(here, PROBABLE)
    settle(console, ref, "confirm")
    second = signed_in(User.Role.OWNER, "mia")
    assert settle(second, ref, "undo", reason="She means the shoes.").status_code == 302
    said = words(read(second))
    assert "Nothing was changed, for somebody was faster: owner confirmed that the text of" in said
    assert here.state().withdrawal_for(None) is not None
    assert AuditEntry.objects.filter(action="reply.undo").count() == 0


def test_the_same_twice_by_the_same_person_is_once(here, console):
    ref = ask(here, PROBABLE)
    settle(console, ref, "confirm")
    settle(console, ref, "confirm")
    assert AuditEntry.objects.filter(action="reply.confirm").count() == 1


def test_after_an_action_the_same_page_comes_back(here, console):
    first, second, third = (ask(here, QUESTION, number) for number in (ANNA, BEA, CIS))
    after = item(here, first).place.to_text()
    answer = settle(console, second, "done", after=after)
    assert answer["Location"].split("#") == [f"/replies?after={after}", third]
    answer = settle(console, third, "done", after=after)
    assert answer["Location"] == f"/replies?after={after}"
    assert "Nothing more on this page" in words(read(console, f"/replies?after={after}"))


def test_after_the_last_row_the_one_before_it_is_next(here, console):
    first, last = (ask(here, QUESTION, number) for number in (ANNA, BEA))
    assert settle(console, last, "done")["Location"] == f"/replies#{first}"


def test_no_address_holds_a_number_or_a_word_of_a_text(here, console):
    ask(here, PROBABLE)
    ask(here, QUESTION, BEA)
    for address in re.findall(r'(?:href|action|hx-post)="([^"]*)"', read(console)):
        assert "345678" not in address
        assert "size" not in address
    assert "12345678" not in read(console)


def test_everything_works_as_plain_forms(here, console):
    """Each thing to do is a form that posts, or stands in a `details`, which opens without a script."""
    probable, weak = ask(here, PROBABLE), ask(here, WEAK, BEA)
    html = read(console)
    for ref, verbs in ((probable, ("confirm", "undo")), (weak, ("stop", "answer", "done"))):
        shown = row(html, ref)
        assert tuple(re.findall(rf'action="/replies/{ref}/(\w+)"', shown)) == verbs
        assert shown.count('method="post"') == shown.count("<form")
        assert shown.count("csrfmiddlewaretoken") == shown.count("<form")
    assert not re.search(r"<[^>]+ (?:on\w+|style)=", html)


# On a person's page


def person_url(here, number=ANNA):
    return f"/people/{to_text('con', here.contact(number).id)}"


def undo_url(here, client):
    (found,) = re.findall(r'action="(/people/con_\w+/stops/evt_\w+/undo)"', read(client, person_url(here)))
    return found


def test_a_person_s_page_says_how_their_words_were_read(here, console):
    ask(here, PROBABLE)
    said = words(read(console, person_url(here)))
    assert "Read as a stop: probable" in said
    assert "Undo as a mistaken reading" in said


def test_a_stop_is_undone_from_the_person_s_page_and_its_row_is_settled(here, console):
    ref = ask(here, PROBABLE)
    assert console.post(undo_url(here, console), {"reason": "She means the shoes."}).status_code == 302
    assert here.state().grant_for(here.club.id) is not None
    assert item(here, ref).state is TriageState.UNDONE
    assert AuditEntry.objects.filter(action="stop.undo").count() == 1
    said = words(read(console, person_url(here)))
    assert "By owner" in said
    assert "Why it was no stop She means the shoes." in said


def test_on_the_person_s_page_too_a_reason_and_the_right_are_asked(here, console):
    ask(here, PROBABLE)
    address = undo_url(here, console)
    answer = console.post(address, {"reason": " "})
    assert answer.status_code == 422
    assert "Say why it was no stop." in words(body_of(answer))
    manager = signed_in(User.Role.MANAGER, "mia")
    assert "/undo" not in read(manager, person_url(here))
    assert manager.post(address, {"reason": "x"}).status_code == 403
    assert here.state().withdrawal_for(None) is not None


def test_open_privacy_requests_stand_on_the_person_s_page_until_they_are_closed(here, console):
    ask(here, ACCESS)
    html = read(console, person_url(here))
    assert "They want to see what you know about them." in words(html)
    (address,) = re.findall(r'action="(/people/con_\w+/requests/prq_\w+/close)"', html)
    assert console.post(address, {"note": "Sent by post."}).status_code == 302
    assert "They want to see" not in words(read(console, person_url(here)))
    assert AuditEntry.objects.filter(action="privacy.close").count() == 1


def test_a_request_that_is_closed_on_the_person_s_page_leaves_the_queue(here, console):
    ref = ask(here, ACCESS)
    (address,) = re.findall(
        r'action="(/people/con_\w+/requests/prq_\w+/close)"', read(console, person_url(here))
    )
    console.post(address)
    assert item(here, ref).state is TriageState.DONE


def test_confirming_a_stop_that_asks_for_erasure_too_leaves_the_request_in_the_queue(
    here, console, monkeypatch
):
    reading(monkeypatch)["away with it"] = leaving(0.7, right=Right.ERASURE)
    ref = ask(here, "away with it")
    settle(console, ref, "confirm")
    shown = row(read(console), ref)
    assert 'data-verb="confirm"' not in shown
    assert "They want their data deleted." in words(shown)
    second = signed_in(User.Role.OWNER, "mia")
    settle(second, ref, "undo", reason="She means the shoes.")
    assert "that cannot be done about this text" in words(read(second))


def test_a_request_is_closed_from_its_own_person_only(here, console):
    ask(here, ACCESS)
    ask(here, QUESTION, BEA)
    (address,) = re.findall(
        r'action="/people/con_\w+(/requests/prq_\w+/close)"', read(console, person_url(here))
    )
    assert console.post(f"{person_url(here, BEA)}{address}").status_code == 404
