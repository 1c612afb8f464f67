"""Somebody known by e-mail signs up behind their letter: one contact with both, once the handset has said yes."""

import re

import pytest

from factories.mail import invitation, send, smtp_server
from factories.points import published, sent
from factories.worlds import ANNA, World
from yesword.collect import invitations, points
from yesword.collect.forms import take
from yesword.domain.collecting.points import Confirming
from yesword.domain.retention import Override
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.store import invitees
from yesword.store.checking import check_store

MAIL, NAME, OTHER = "anna@example.net", "Annabella", "ben@example.net"
WISH = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="the brand keeps nothing"),))


def owner(here: World, mail: str = MAIL):
    with here.store.database.read() as session:
        return invitees.find_many(here.store, session, here.club.brand, [mail]).get(mail)


def mail_of(here: World, contact):
    with here.store.database.read() as session:
        return invitees.mails(here.store, session, [contact]).get(contact)


def written(here: World, mail: str = MAIL, name: str = NAME) -> str:
    """Write to somebody; the word of the link in their letter."""
    with smtp_server() as inbox:
        invitation(here, f"{mail},{name},,,\n")
        send(here, inbox)
        return re.search(r"i=([a-z2-7]{32})", inbox.of(mail).get_body(("plain",)).get_content())[1]


def signed_up(here: World, word: str, number: str = ANNA, *, nonce: str = "one", **more) -> str:
    """Send the page behind the letter. What the handset has to say then."""
    form = sent(points.find("door"), number=number, nonce=nonce)
    taken = take(here.store, form, here.at)
    who = invitations.invited(here.store, word, here.at)
    invitations.note_sign_up(here.store, who, form.number, here.at, **more)
    here.settle()
    return taken.code.text if taken.code else "yes"


@pytest.mark.parametrize("confirming", [Confirming.ASK, Confirming.REVERSE], ids=str)
def test_a_yes_from_the_handset_makes_one_contact_of_two(on_both, confirming):
    here = on_both
    published(here, confirming=confirming)
    word = written(here)
    invitee = owner(here)
    answer = signed_up(here, word)
    assert owner(here) == invitee, "typing a number puts nothing together"
    here.text(ANNA, answer)
    person = here.contact()
    assert owner(here) == person.id
    assert mail_of(here, person.id) == MAIL
    assert person.name == NAME
    assert here.sql("SELECT name, sealed_mail, merged_into FROM contact WHERE id = %s", invitee) == [
        ("", None, person.id)
    ]


def test_the_log_and_the_store_check_are_as_they_were(on_both):
    here = on_both
    published(here)
    word = written(here)
    answer = signed_up(here, word)
    before = here.sql("SELECT id, body, leaf_hash FROM consent_event ORDER BY id")
    here.text(ANNA, answer)
    after = here.sql("SELECT id, body, leaf_hash FROM consent_event ORDER BY id")
    assert [tuple(map(str, each)) for each in before] == [
        tuple(map(str, each)) for each in after if each[0] in {row[0] for row in before}
    ]
    assert check_store(here.store).findings == []


def test_the_figures_of_the_campaign_stay(here):
    published(here)
    word = written(here)
    here.text(ANNA, signed_up(here, word))
    with here.store.database.read() as session:
        ((campaign,),) = here.sql("SELECT DISTINCT campaign_id FROM invitation")
        row = session.first("invitation_funnel", campaign_id=campaign, program_id=here.club.id)
    assert (row[0], row[4], row[7]) == (1, 1, 1)


def test_a_letter_that_was_passed_on_puts_nobody_together(here):
    published(here)
    word = written(here)
    invitee = owner(here)
    here.text(ANNA, signed_up(here, word, is_passed_on=True))
    assert owner(here) == invitee
    assert mail_of(here, here.contact().id) is None
    assert here.contact().name == ""


def test_a_number_that_another_address_belongs_to_stays_with_it(here):
    published(here)
    first = written(here)
    here.text(ANNA, signed_up(here, first))
    here.text(ANNA, "STOP")
    here.wait(days=2)
    second = written(here, OTHER, "Ben")
    here.text(ANNA, signed_up(here, second, nonce="two"))
    here.text(ANNA, "SAVEMORE")
    here.text(ANNA, "yes")
    assert mail_of(here, here.contact().id) == MAIL
    assert owner(here, OTHER) != here.contact().id


def test_the_first_handset_that_says_yes_gets_the_address_and_no_other(here):
    published(here)
    word = written(here)
    here.text(ANNA, signed_up(here, word))
    ben = "+31612340001"
    here.text(ben, signed_up(here, word, ben, nonce="two"))
    assert owner(here) == here.contact().id
    assert mail_of(here, here.contact(ben).id) is None


def test_a_yes_to_something_else_later_puts_nobody_together(here):
    published(here)
    word = written(here)
    invitee = owner(here)
    signed_up(here, word)
    here.wait(days=3)
    here.text(ANNA, "SAVEMORE")
    here.text(ANNA, "yes")
    assert owner(here) == invitee


def test_a_typed_name_stands_before_the_one_on_the_list(here):
    published(here)
    here.strangers([ANNA], name="Anna the First")
    word = written(here)
    here.text(ANNA, signed_up(here, word))
    assert here.contact().name == "Anna the First"
    assert mail_of(here, here.contact().id) == MAIL


def test_erasing_the_one_erases_what_was_the_other(here):
    published(here)
    word = written(here)
    invitee = owner(here)
    here.text(ANNA, signed_up(here, word))
    erasing.erase(here.store, here.contact().id, WISH, here.at)
    assert here.sql("SELECT count(*) FROM contact WHERE erased_at IS NULL") == [(0,)]
    assert here.sql("SELECT count(*) FROM invitation") == [(0,)]
    assert owner(here) is None
    assert mail_of(here, invitee) is None
    with here.store.database.read() as session:
        assert invitees.suppressed(here.store, session, here.club.brand, [MAIL]) == {MAIL: "erased"}


def test_the_way_out_of_an_old_letter_still_ends_letters(here):
    published(here)
    word = written(here)
    here.text(ANNA, signed_up(here, word))
    ((letter,),) = here.sql("SELECT id FROM invitation")
    invitations.end_letters(here.store, letter, invitees.LEFT, here.at)
    with here.store.database.read() as session:
        assert MAIL in invitees.suppressed(here.store, session, here.club.brand, [MAIL])


def test_another_list_finds_the_contact(here):
    published(here)
    here.text(ANNA, signed_up(here, written(here)))
    with smtp_server() as inbox:
        invitation(here, f"{MAIL},{NAME},,,\n")
        assert send(here, inbox) == 0
    assert ("barred", "already_in") in here.sql("SELECT state, reason FROM invitation")
