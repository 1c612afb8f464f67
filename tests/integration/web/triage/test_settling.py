"""Settling a row of the queue: confirm, undo, stop, put away, and who may."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from factories.consoles import signed_in
from factories.triaged import (
    ACCESS,
    BEA,
    CIS,
    PROBABLE,
    QUESTION,
    WEAK,
    WRONG_NUMBER,
    ask,
    body_of,
    item,
    read,
    row,
    row_of,
    settle,
    words,
)
from factories.worlds import ANNA
from yesword.accounts import rights
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageState
from yesword.domain.triage import TriageState, Verb
from yesword.reporting.replies import Row
from yesword.sending import privacy_requests
from yesword.store.models import AuditEntry, User
from yesword.web import queued_replies


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
