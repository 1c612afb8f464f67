"""People known by e-mail only: erased like anybody, found under a new pepper, and never brought back by a list."""

import re

import pytest

from factories.dumps import dump
from factories.mail import invitation, send, smtp_server
from factories.points import published, sent
from factories.worlds import ANNA, world
from yesword.collect import invitations, points
from yesword.collect.forms import take
from yesword.domain.retention import Override
from yesword.privacy import access, erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.store import contacts, invitees, rotating
from yesword.store.keyfiles import PEPPER

MAIL, NAME = "anna-the-unmistakable@example.net", "Annabella Unmistakable"
WISH = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="the brand keeps nothing"),))


@pytest.fixture
def here(store):
    with world(store) as made:
        published(made)
        yield made


def found(here, store=None):
    store = store or here.store
    with store.database.read() as session:
        return invitees.find_many(store, session, here.club.brand, [MAIL]).get(MAIL)


def test_erasing_an_invitee_leaves_nothing_readable_and_no_list_brings_them_back(here):
    with smtp_server() as inbox:
        invitation(here, f"{MAIL},{NAME},,,\n")
        send(here, inbox)
        assert NAME in dump(here.store), "what is not sealed is found, or this test shows nothing"
        erasing.erase(here.store, found(here), WISH, here.at)
        now = dump(here.store)
        for secret in (MAIL, MAIL.encode().hex(), NAME):
            assert secret not in now
        assert here.sql("SELECT count(*) FROM invitation") == [(0,)]
        assert found(here) is None
        invitation(here, f"{MAIL},{NAME},,,\n")
        assert send(here, inbox) == 0
        assert here.sql("SELECT state, reason FROM invitation") == [("barred", "erased")]


def test_erasing_who_signed_up_with_a_number_leaves_no_trace_of_it_on_the_invitation(here):
    with smtp_server() as inbox:
        invitation(here, f"{MAIL},{NAME},,,\n")
        send(here, inbox)
        word = re.search(r"i=([a-z2-7]{32})", inbox.of(MAIL).get_body(("plain",)).get_content())[1]
    form = sent(points.find("door"))
    take(here.store, form, here.at)
    who = invitations.invited(here.store, word, here.at)
    invitations.note_sign_up(here.store, who, form.number, here.at)
    here.settle()
    assert here.sql("SELECT joined_contact FROM invitation") == [(here.contact().id,)]
    erasing.erase(here.store, here.contact(ANNA).id, WISH, here.at)
    assert here.sql("SELECT joined_contact FROM invitation") == [(None,)]
    assert found(here) is not None, "the other of the two is another record"


def test_a_new_pepper_finds_people_by_their_address_and_by_their_number(here):
    invitation(here, f"{MAIL},{NAME},,{ANNA},\n", is_started=False)
    before = found(here)
    again = rotating.rotate(here.store, PEPPER)
    try:
        assert found(here, again) == before
        with again.database.read() as session:
            assert contacts.find(again, session, here.club.brand, ANNA) == before
            assert invitees.mails(again, session, [before]) == {before: MAIL}
        assert {each.number for each in rotating.uses(again) if each.kind == PEPPER and each.is_needed} == {2}
    finally:
        again.close()


def test_whoever_proves_who_they_are_is_told_of_their_address_and_of_the_letters(here):
    with smtp_server() as inbox:
        invitation(here, f"{MAIL},{NAME},,{ANNA},\n")
        send(here, inbox)
    told = access.collect(here.store, here.contact(ANNA), here.at, second_proof=True).identity
    assert (told.mail, told.invited_at) == (MAIL, (here.at,))
    unproven = access.collect(here.store, here.contact(ANNA), here.at).identity
    assert (unproven.mail, unproven.invited_at) == (None, ())
