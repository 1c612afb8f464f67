"""Replies that join: a yes to an offer's question, a yes to a colleague, and every yes that is none."""

import pytest

from factories.triaged import item, row_of
from factories.worlds import ANNA, EVENTS, publish, world
from yesword.domain.events import Actor, EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.ids import ContactId
from yesword.domain.messages import MessageState
from yesword.proof.evidence.opening import record_of
from yesword.sending import inviting, triage
from yesword.sending.invitations import ForeignProgramError, OwnProgramError
from yesword.sending.inviting import NotInvitableError
from yesword.store import models
from yesword.store.models import User
from yesword.store.programs import disclosure_digest

BEN = "+31612345679"
QUESTION = "Linde & Loom: reply YES to join Events."
OFFER = f"Linde & Loom: 20% off. {QUESTION} Reply STOP to stop."


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


def record(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


def offered(here):
    """Anna is in the club, and has got an offer that invites to the events."""
    here.join()
    campaign = here.campaign(invites=here.events.id)
    here.wait(minutes=1)
    here.settle()
    return campaign


def test_c21_a_yes_to_the_question_of_an_offer_joins_the_other_list_as_its_own_consent(store):
    with world(store) as here:
        offered(here)
        assert here.shown()[-1] == OFFER
        assert here.text(ANNA, "Yes!") == "granted"
        joined = record(here)[-1]
        assert (joined.event.kind, joined.event.actor) == (EventKind.GRANTED, Actor.HANDSET)
        assert (joined.event.route, joined.event.grade) == ("offer", Grade.A)
        assert joined.event.scope.program == here.events.id
        assert joined.sections["notice"]["text"] == OFFER
        assert joined.event.disclosure == disclosure_digest(OFFER)
        assert joined.items[0]["kind"] == EvidenceKind.INBOUND_TEXT
        assert joined.sections["context"]["invitation"].startswith("msg_")
        assert here.state().grant_for(here.club.id) is not None
        assert here.shown()[-1] == "Linde & Loom: welcome to Events. Reply STOP to stop."
        assert here.text(ANNA, "yes") == "already_in"


def test_c21_a_no_is_remembered_so_that_no_other_offer_asks(here):
    offered(here)
    assert here.text(ANNA, "no") == "declined"
    assert record(here)[-1].event.kind is EventKind.REFUSED
    assert here.state().grant_for(here.club.id) is not None
    assert here.text(ANNA, "yes") != "granted"
    again = here.campaign(invites=here.events.id)
    here.wait(days=2)
    here.settle()
    assert here.states(again) == {}
    assert here.state().grant_for(here.events.id) is None


def test_c21_only_members_who_are_not_in_the_other_list_get_such_an_offer(here):
    here.strangers([BEN])
    both, one = here.members(2)
    here.grant([both], here.events)
    campaign = here.campaign(invites=here.events.id)
    here.settle()
    rows = here.sql("SELECT contact_id FROM message WHERE campaign_id = %s", campaign.pk)
    assert [ContactId(each[0]) for each in rows] == [one]
    assert here.states(campaign) == {MessageState.SENT: 1}


@pytest.mark.parametrize("days", [6, 8])
def test_c21_a_yes_counts_for_seven_days(here, days):
    offered(here)
    here.wait(days=days)
    here.text(ANNA, "yes")
    assert (here.state().grant_for(here.events.id) is not None) is (days < 7)


def test_an_idle_yes_after_another_text_of_ours_joins_nobody(here):
    offered(here)
    here.wait(days=2)
    here.campaign("[Brand]: new shoes. Reply YES to order.")
    here.settle()
    here.text(ANNA, "yes")
    assert here.state().grant_for(here.events.id) is None


def test_an_open_consent_request_comes_before_the_question_of_an_offer(here):
    sender = models.Sender.objects.get(address="800123")
    vip = publish(models.Brand.objects.get(), sender, key="vip", name="VIP", keywords=("VIP",))
    offered(here)
    assert here.text(ANNA, "VIP") == "asked"
    assert here.text(ANNA, "yes") == "confirmed"
    assert here.state().grant_for(vip.id) is not None
    assert here.state().grant_for(here.events.id) is None


def test_a_yes_after_a_stop_is_no_answer_to_the_offer(here):
    offered(here)
    here.text(ANNA, "STOP")
    here.text(ANNA, "yes")
    assert here.state().grants == ()


def test_a_yes_on_another_sender_is_no_answer_to_the_offer(here):
    offered(here)
    here.text(ANNA, "yes", to=EVENTS)
    assert here.state().grant_for(here.events.id) is None


def test_a_campaign_invites_to_another_program_of_its_own_brand(here):
    with pytest.raises(OwnProgramError):
        here.campaign(invites=here.club.id)
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    theirs = publish(other, models.Sender.objects.get(address=EVENTS), keywords=("THEIRS",))
    with pytest.raises(ForeignProgramError):
        here.campaign(invites=theirs.id)


# --- a colleague invites -------------------------------------------------------------------------------------


@pytest.fixture
def user(here):
    return User.objects.create_user("mira", "a sentence that only she says").pk


def wrote(here, body="do you have size 42?", number=ANNA):
    here.text(number, body)
    return item(here, row_of(here, number)).id


def invite(here, row, user, program=None):
    with here.store.database.write() as session:
        settled = inviting.invite(here.store, session, row, (program or here.events).id, user, here.at)
    here.settle()
    return settled


def test_c28_a_yes_in_the_thread_to_a_colleague_is_the_consent(here, user):
    here.join()
    row = wrote(here)
    assert invite(here, row, user).is_new
    assert here.shown()[-1] == QUESTION
    assert here.state().grant_for(here.events.id) is None
    assert here.text(ANNA, "yes") == "confirmed"
    asked, confirmed = record(here)[-2:]
    assert (asked.event.kind, asked.event.actor, asked.event.route) == (
        EventKind.REQUESTED,
        Actor.AGENT,
        "conversation",
    )
    assert asked.sections["context"]["user"] == user
    assert (confirmed.event.kind, confirmed.event.actor) == (EventKind.CONFIRMED, Actor.HANDSET)
    assert (confirmed.event.route, confirmed.event.grade) == ("conversation", Grade.A)
    assert confirmed.sections["notice"]["text"] == QUESTION
    assert confirmed.items[0]["kind"] == EvidenceKind.INBOUND_TEXT
    assert here.shown()[-1] == "Linde & Loom: welcome to Events. Reply STOP to stop."


def test_c28_somebody_who_never_joined_anything_may_be_invited_once_they_wrote(here, user):
    row = wrote(here)
    invite(here, row, user)
    assert here.text(ANNA, "yes please") == "confirmed"
    assert here.state().grant_for(here.events.id).grade is Grade.A


def test_c28_a_colleague_invites_once_in_a_conversation(here, user):
    invite(here, wrote(here), user)
    here.wait(hours=1)
    row = wrote(here, "and in red?")
    with here.store.database.read() as session:
        assert inviting.offers(here.store, session, item(here, row_of(here))) == ()
    with pytest.raises(NotInvitableError):
        invite(here, row, user, here.club)
    here.wait(days=8)
    with here.store.database.read() as session:
        assert inviting.offers(here.store, session, item(here, row_of(here, ANNA))) == ()
    wrote(here, "and in blue?")
    with here.store.database.read() as session:
        assert inviting.offers(here.store, session, item(here, row_of(here, ANNA)))


def test_c28_a_no_to_a_colleague_is_remembered(here, user):
    invite(here, wrote(here), user)
    assert here.text(ANNA, "no") == "declined"
    assert record(here)[-1].event.kind is EventKind.REFUSED
    here.wait(days=9)
    wrote(here, "something else: do you have belts?")
    with here.store.database.read() as session:
        found = inviting.offers(here.store, session, item(here, row_of(here)))
    assert here.events.id not in {each.program.id for each in found}


def test_c28_whoever_stopped_a_program_is_not_invited_to_it(here, user):
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.text(ANNA, "STOP")
    row = wrote(here)
    with pytest.raises(NotInvitableError):
        invite(here, row, user)


def test_c28_another_answer_of_the_colleague_closes_the_question(here, user):
    invite(here, wrote(here), user)
    here.wait(hours=1)
    row = wrote(here, "what does it cost?")
    with here.store.database.write() as session:
        triage.answer(here.store, session, row, user, "Nothing. Shall I hold size 42 for you?", here.at)
    here.settle()
    here.text(ANNA, "yes")
    assert here.state().grant_for(here.events.id) is None
