"""The same readings and requests on a person's page."""

import re

from factories.consoles import signed_in
from factories.readings import leaving, reading
from factories.triaged import (
    ACCESS,
    BEA,
    PROBABLE,
    QUESTION,
    ask,
    body_of,
    item,
    person_url,
    read,
    row,
    settle,
    undo_url,
    words,
)
from yesword.domain.triage import TriageState
from yesword.domain.understanding import Right
from yesword.store.models import AuditEntry, User


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
