"""Inviting by e-mail in the console: written, filled, sent, held, and read as a funnel (mission I8, I11)."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.consoles import signed_in
from factories.mail import invitation, send, smtp_server
from factories.points import published
from factories.worlds import world
from yesword.store.models import AuditEntry, InvitationCampaign, User

PEOPLE = b"email,name\nanna@example.net,Anna\nber@example.net,Ber\n2125550123@vtext.com,Cai\n"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        published(made)
        yield made


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


def words(answer, status=200):
    assert answer.status_code == status
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def written(**changes):
    return {
        "name": "Autumn",
        "point": "door",
        "permitted_by": "newsletter sign-up",
        "subject_en": "Hello [First name|you]",
        "body_en": "Join [Program]?",
        **changes,
    }


def test_an_invitation_is_written_previewed_filled_and_sent(here, manager):
    assert "Write an invitation" in words(manager.get("/invitations"))
    assert "Get news from [Brand] by text" in manager.get("/invitations/new").content.decode()
    assert manager.post("/invitations/new", written()).status_code == 302
    row = InvitationCampaign.objects.get()
    page = words(manager.get(f"/invitations/{row.pk}"))
    assert "Hello you" in page
    assert "Join Club?" in page
    assert "SUBSCRIBE" in page, "what is put below the text is shown too"
    assert "Send the invitations" not in page, "to nobody it is not sent"
    file = SimpleUploadedFile("people.csv", PEOPLE, "text/csv")
    said = words(manager.post(f"/invitations/{row.pk}/people", {"file": file}, follow=True))
    assert "2 people will be invited." in said
    assert "Left out: 1, a telephone behind an e-mail address, which is a text." in said
    assert manager.post(f"/invitations/{row.pk}/start").status_code == 302
    here.now[0] = datetime.now(UTC)
    with smtp_server() as inbox:
        assert send(here, inbox) == 2
    page = words(manager.get(f"/invitations/{row.pk}"))
    assert "Opened not measured" in page
    assert "2 of 2" in page
    assert [each.action for each in AuditEntry.objects.order_by("pk")] == [
        "point.publish",  # of the form that it leads to
        "invitation.write",
        "invitation.people",
        "invitation.start",
    ]


def test_what_cannot_be_sent_is_said_beside_the_form_and_nothing_typed_is_lost(here, manager):
    page = words(manager.post("/invitations/new", written(body_en="Join [Nothing]?")), 422)
    assert 'There is no field "Nothing"' in page
    assert "Join [Nothing]?" in page
    assert not InvitationCampaign.objects.exists()


def test_a_draft_can_be_changed_and_what_is_on_its_way_cannot(here, manager):
    manager.post("/invitations/new", written())
    row = InvitationCampaign.objects.get()
    manager.post(f"/invitations/{row.pk}/words", written(subject_en="Hi"))
    row.refresh_from_db()
    assert row.wordings["en"]["subject"] == "Hi"
    manager.post(f"/invitations/{row.pk}/start")
    assert "cannot be changed now" in words(manager.post(f"/invitations/{row.pk}/words", written()), 422)


def test_it_is_held_gone_on_with_and_cancelled(here, manager):
    row = invitation(here, "anna@example.net,Anna,,,\n")
    for wish, state in (("pause", "paused"), ("resume", "running")):
        manager.post(f"/invitations/{row.pk}/{wish}")
        row.refresh_from_db()
        assert row.state == state
    assert "never goes" in words(manager.get(f"/invitations/{row.pk}/cancel"))
    manager.post(f"/invitations/{row.pk}/cancel")
    row.refresh_from_db()
    assert row.state == "cancelled"
    with smtp_server() as inbox:
        assert send(here, inbox) == 0


def test_a_viewer_looks_and_sends_nothing(here):
    row = invitation(here, "anna@example.net,Anna,,,\n", is_started=False)
    viewer = signed_in(User.Role.VIEWER)
    page = words(viewer.get(f"/invitations/{row.pk}"))
    assert "Send the invitations" not in page
    assert viewer.get("/invitations/new").status_code == 403
    for wish in ("start", "people", "cancel"):
        assert viewer.post(f"/invitations/{row.pk}/{wish}").status_code == 403
    row.refresh_from_db()
    assert row.state == "draft"
