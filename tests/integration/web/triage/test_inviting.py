"""Inviting somebody to a program from the queue, while talking with them."""

import pytest

from factories.consoles import signed_in
from factories.triaged import ACCESS, PROBABLE, QUESTION, WEAK, ask, item, read, row, settle, words
from factories.worlds import ANNA
from yesword.domain.triage import TriageState
from yesword.store.models import AuditEntry, User


def test_c28_one_click_asks_in_the_thread_and_the_persons_yes_joins(here, console):
    ref = ask(here, QUESTION)
    html = row(read(console), ref)
    assert "Linde & Loom: reply YES to join Events." in words(html)
    assert "Invite to Events" in words(html)
    assert "Invite to Club" not in words(html)  # they are in it
    assert settle(console, ref, "invite", program=str(here.events.id)).status_code == 302
    assert item(here, ref).state is TriageState.ANSWERED
    assert "You have invited +31 •••••• 678." in words(read(console))
    here.settle()
    assert here.shown()[-1] == "Linde & Loom: reply YES to join Events."
    assert here.text(ANNA, "Yes") == "confirmed"
    assert here.state().grant_for(here.events.id) is not None
    assert AuditEntry.objects.filter(action="reply.answer").count() == 1


def test_c28_the_button_is_gone_once_somebody_was_asked_in_the_conversation(here, console):
    settle(console, ask(here, QUESTION), "invite", program=str(here.events.id))
    here.settle()
    here.wait(hours=1)
    ref = ask(here, "and in red?", joins=False)
    assert "Invite to" not in words(row(read(console), ref))
    settle(console, ref, "invite", program=str(here.events.id))
    assert "were asked in this conversation already" in words(read(console))
    assert item(here, ref).state is TriageState.OPEN


def test_a_program_that_is_none_invites_to_nothing(here, console):
    ref = ask(here, QUESTION)
    for program in ("", "999", "x", str(here.club.id)):
        settle(console, ref, "invite", program=program)
    assert item(here, ref).state is TriageState.OPEN
    assert console.get(f"/replies/{ref}/invite").status_code == 302


def test_who_may_only_look_invites_nobody(here):
    viewer = signed_in(User.Role.VIEWER)
    ref = ask(here, QUESTION)
    assert "Invite to" not in words(read(viewer))
    assert settle(viewer, ref, "invite", program=str(here.events.id)).status_code == 403


@pytest.mark.parametrize("text", [WEAK, PROBABLE, ACCESS], ids=["perhaps a stop", "a stop", "their rights"])
def test_whoever_wants_less_or_their_rights_is_offered_nothing(here, console, text):
    ask(here, text)
    assert "Invite to" not in words(read(console))
