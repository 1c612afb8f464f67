"""An invitee cannot be texted: not by a campaign, and no page of the console breaks over one (mission I2)."""

import pytest
from django.test import Client

from factories.mail import invitation
from factories.points import published
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageState
from yesword.store import invitees
from yesword.store.models import User

MAIL = "anna@example.net"


@pytest.fixture
def contact(here):
    published(here)
    invitation(here, f"{MAIL},Anna Berg,,,\n", is_started=False)
    with here.store.database.read() as session:
        return invitees.find_many(here.store, session, here.club.brand, [MAIL])[MAIL]


def test_i2_no_campaign_texts_somebody_who_is_known_by_e_mail_only(here, contact):
    campaign = here.campaign()
    here.settle()
    assert here.carrier.handset("") == []
    assert set(here.states(campaign)) <= {MessageState.REFUSED}


def test_the_console_shows_somebody_without_a_number(here, contact):
    user = User.objects.create_user("m", "a sentence that is said", role=User.Role.MANAGER)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Anna Berg" in client.get("/people").content.decode()
    page = client.get(f"/people/{to_text('con', contact)}")
    assert page.status_code == 200
    assert "Anna Berg" in page.content.decode()
