"""An invitee cannot be texted: not by a campaign, and no page of the console breaks over one (mission I2)."""

import pytest

from factories.consoles import signed_in
from factories.mail import invitation
from factories.points import published
from factories.worlds import ANNA
from yesword.domain.decisions import Verdict
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.domain.rules import RuleBook
from yesword.domain.state import EMPTY
from yesword.sending.explaining import check
from yesword.sending.weighing import Scales
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
    client = signed_in(User.Role.MANAGER)
    assert "Anna Berg" in client.get("/people").content.decode()
    page = client.get(f"/people/{to_text('con', contact)}")
    assert page.status_code == 200
    assert "Anna Berg" in page.content.decode()


@pytest.fixture
def with_number(here):
    published(here)
    invitation(here, f"{MAIL},Anna Berg,,{ANNA},\n", is_started=False)
    return here.contact(ANNA)


def test_i2_a_number_in_a_list_of_e_mail_addresses_is_a_contact_without_any_consent(here, with_number):
    assert here.state() == EMPTY
    assert here.sql("SELECT count(*) FROM consent_event") == [(0,)]


@pytest.mark.parametrize("message_class", [each for each in MessageClass if each is not MessageClass.SERVICE])
@pytest.mark.parametrize("kind", [MessageKind.CAMPAIGN, MessageKind.REMINDER, MessageKind.INVITATION])
def test_i2_the_gate_lets_nobody_text_such_a_number(here, with_number, kind, message_class):
    weighed = check(
        here.store,
        Scales(RuleBook.load()),
        with_number,
        here.club,
        here.at,
        kind=kind,
        message_class=message_class,
    )
    assert weighed.decision.verdict is Verdict.REFUSE


def test_i2_a_campaign_passes_it_over_and_the_file_asks_it_nothing(here, with_number):
    campaign = here.campaign()
    here.settle()
    assert here.carrier.handset(ANNA) == []
    assert set(here.states(campaign)) <= {MessageState.REFUSED}
    assert here.text(ANNA, "yes") != "confirmed"  # nothing was ever asked, so a yes answers nothing
