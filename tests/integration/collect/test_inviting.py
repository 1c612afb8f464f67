"""Inviting by e-mail (mission C12, C15, I2, I8, I11): a letter to each, never two, and what a person's answer leads to."""

import re
import signal
import subprocess
import sys
import textwrap

import pytest

from factories.mail import FROM, WORDING, answer, invitation, mailing, send, smtp_server
from factories.points import published, sent
from factories.worlds import ANNA, elsewhere
from yesword.collect import invitations, inviting, mail_answers
from yesword.collect.forms import take as take_form
from yesword.collect.invitation_errors import BadInvitationError
from yesword.collect.invitations import Opens
from yesword.collect.invitee_lists import reader
from yesword.collect.letters import Wording
from yesword.collect.mail_answers import Became
from yesword.collect.posting import AlreadyPostingError
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Actor, EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.ids import from_text
from yesword.proof.evidence import files
from yesword.proof.evidence.grades import graded_record
from yesword.proof.evidence.opening import record_of
from yesword.reporting import invitations as reporting
from yesword.reporting.invitations import Stage
from yesword.store import contacts, invitees
from yesword.store.invitations import State
from yesword.store.programs import disclosure_digest

MAIL = "anna@example.net"


@pytest.fixture
def inbox():
    with smtp_server() as made:
        yield made


@pytest.fixture
def door(here):
    return published(here)


def invitee(here, mail=MAIL):
    with here.store.database.read() as session:
        found = invitees.find_many(here.store, session, here.club.brand, [mail])[mail]
        return contacts.read(here.store, session, found)


def record(here, contact):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, contact))


def rows(here):
    return here.sql("SELECT state, reason FROM invitation ORDER BY campaign_id, id")


def took(here, raw):
    return mail_answers.take(here.store, raw, here.at)


# --- letters -------------------------------------------------------------------------------------------------


def test_i8_a_letter_says_why_what_a_yes_means_how_to_give_it_and_how_to_leave(here, inbox, door):
    invitation(here, f"{MAIL},Anna Berg,en,,\n")
    assert send(here, inbox) == 1
    letter = inbox.of(MAIL)
    text, page = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert letter["Subject"] == "Hello Anna"
    assert "Dear Anna," in text
    for part in (text, page):
        assert "/f/door?i=" in part
        assert "SUBSCRIBE" in part
        assert "No more e-mails like this" in part
    assert consent_text(door.definition, door.program, "en") in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(
        r"<https://texts\.example\.org/m/[a-z2-7]{32}>,\s+<mailto:club\+[a-z2-7]{32}@example\.org\?subject=UNSUBSCRIBE>",
        letter["List-Unsubscribe"].strip(),
    )
    assert letter["Message-ID"].endswith("@example.org>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert ".gif" not in page, "nobody is watched unless somebody says so"
    assert inbox.envelopes == [(str(letter["Reply-To"].addresses[0].addr_spec), MAIL)], "a bounce tells whose"


def test_a_person_gets_it_in_their_language_where_the_author_wrote_in_it(here, inbox, door):
    words = {"en": WORDING, "nl": Wording(subject="Hoi", body="Doe je mee?")}
    invitation(here, f"{MAIL},Anna,nl,,\nber@example.net,Ber,fi,,\n", wordings=words)
    send(here, inbox)
    assert inbox.of(MAIL)["Subject"] == "Hoi"
    assert "AANMELDEN" in inbox.of(MAIL).get_body(("plain",)).get_content()
    assert inbox.of("ber@example.net")["Subject"] == "Hello Ber"


def test_nobody_gets_two_letters_of_one_invitation_however_often_the_list_says_so(here, inbox, door):
    row = invitation(here, f"{MAIL},Anna,,,\nANNA@Example.NET,Anna,,,\n")
    send(here, inbox)
    row.refresh_from_db()
    assert row.state == "done"
    send(here, inbox)
    assert len(inbox.taken) == 1


def test_a_name_cannot_become_a_header_and_a_subject_with_a_line_break_is_refused(here, inbox, door):
    invitation(here, f'{MAIL},"Eve\r\nBcc: all@example.net",,,\n')
    send(here, inbox)
    (letter,) = inbox.letters
    assert letter["Bcc"] is None
    assert [each for each, _ in inbox.envelopes] != []
    assert inbox.envelopes[0][1] == MAIL
    with pytest.raises(BadInvitationError):
        invitation(here, "", wordings={"en": Wording(subject="Hi\r\nBcc: all@example.net", body="x")})


def test_c15_an_address_that_is_a_telephone_is_no_way_around_consent_to_texts(here, inbox, door):
    row = inviting.create(
        inviting.NewCampaign(point="door", name="x", wordings={"en": WORDING}, permitted_by="newsletter")
    )
    added = inviting.add_people(
        here.store, row, reader(b"email\n2125550123@vtext.com\n2125550123@tmomail.net\nno address\n"), here.at
    )
    assert added.invited == 0
    assert added.rejected == {"mail_gateway_address": 2, "mail_bad_address": 1}


# --- who is not written to -----------------------------------------------------------------------------------


def test_i2_who_stopped_texts_said_no_or_is_in_already_is_not_invited(here, inbox, door):
    other, third = "+31612340001", "+31612340002"
    for number in (ANNA, other):
        here.join(number)
    here.text(ANNA, "STOP")
    assert here.text(third, "SAVEMORE") == "asked"
    here.text(third, "no")
    invitation(
        here,
        f"a@example.net,A,,{ANNA},\nb@example.net,B,,{other},\nc@example.net,C,,{third},\nd@example.net,D,,,\n",
    )
    send(here, inbox)
    assert [each["To"].addresses[0].addr_spec for each in inbox.letters] == ["d@example.net"]
    assert sorted(rows(here)) == [
        ("barred", "already_in"),
        ("barred", "said_no"),
        ("barred", "stopped_texts"),
        ("sent", ""),
    ]


def test_i2_leaving_e_mail_leaves_texts_as_they_are_and_a_stop_of_texts_is_no_stop_of_e_mail(
    here, inbox, door
):
    invitation(here, f"{MAIL},Anna,,{ANNA},\n")
    send(here, inbox)
    contact = invitee(here)
    here.grant([contact.id], here.club)
    assert took(here, answer(inbox.of(MAIL), "Please unsubscribe me")) is Became.LEFT
    assert here.state(contact.id).grant_for(here.club.id) is not None
    assert [each.event.kind for each in record(here, contact)] == [EventKind.GRANTED]
    here.text(ANNA, "STOP")
    with here.store.database.read() as session:
        found = invitees.suppressed(here.store, session, here.club.brand, [MAIL, "b@example.net"])
    assert found == {MAIL: "mail_left"}


def test_a_list_cannot_bring_back_who_wants_no_e_mail_and_says_so_first(here, inbox, door):
    invitation(here, f"{MAIL},Anna,,,\n{MAIL},Anna,,,unsubscribed\nb@example.net,B,,,\n")
    send(here, inbox)
    assert [each["To"].addresses[0].addr_spec for each in inbox.letters] == ["b@example.net"]
    invitation(here, f"{MAIL},Anna,,,\n")
    send(here, inbox)
    assert len(inbox.taken) == 1


# --- answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "SUBSCRIBE",
        "Subscribe, please!",
        "AANMELDEN",
        "Ja graag",
        "PRENUMERERA",
        "ANMELDEN",
        "TILMELD",
        "yes please",
    ],
)
def test_c12_a_yes_by_e_mail_leads_to_one_text_and_the_handset_makes_the_grant(here, inbox, door, said):
    row = invitation(here, f"{MAIL},Anna,,{ANNA},\n")
    send(here, inbox)
    raw = answer(inbox.of(MAIL), said)
    assert took(here, raw) is Became.ASKED
    here.settle()
    assert here.shown() == ["Linde & Loom: reply YES to join Club."]
    asked = record(here, here.contact())[-1]
    assert (asked.event.kind, asked.event.actor, asked.event.route) == (
        EventKind.REQUESTED,
        Actor.PERSON,
        "email_reply",
    )
    assert asked.event.disclosure == disclosure_digest(consent_text(door.definition, door.program, "en"))
    kept = {item["kind"]: item for item in asked.items}
    assert set(kept) == {EvidenceKind.FORM_VERSION.value, EvidenceKind.EMAIL.value}
    assert files.read(here.store, from_text("evi", kept["email"]["ref"])).data == raw
    assert here.text(ANNA, "yes") == "confirmed"
    confirmed = record(here, here.contact())[-1].event
    assert (confirmed.kind, confirmed.grade) == (EventKind.CONFIRMED, Grade.A)
    assert graded_record(here.store, here.contact())[confirmed.id].grade is Grade.A
    counts = {line.stage: line.count for line in reporting.result(here.store, row).lines}
    assert counts == {
        Stage.SENT: 1,
        Stage.OPENED: None,
        Stage.CLICKED: 0,
        Stage.SIGNED_UP: 1,
        Stage.CONFIRMED: 1,
    }


def test_the_same_answer_twice_asks_once(here, inbox, door):
    invitation(here, f"{MAIL},Anna,,{ANNA},\n")
    send(here, inbox)
    raw = answer(inbox.of(MAIL), "SUBSCRIBE")
    assert [took(here, raw) for _ in range(3)] == [Became.ASKED, Became.NOTED, Became.NOTED]
    assert took(here, answer(inbox.of(MAIL), "SUBSCRIBE!")) is Became.NOTED
    here.settle()
    assert len(here.shown()) == 1


def test_i8_a_yes_from_somebody_without_a_number_is_kept_and_answered_by_one_letter_with_the_page(
    here, inbox, door
):
    invitation(here, f"{MAIL},Anna,,,\n")
    send(here, inbox)
    raw = answer(inbox.of(MAIL), "SUBSCRIBE")
    assert took(here, raw) is Became.LINKED
    (asked,) = record(here, invitee(here))
    assert (asked.event.kind, asked.event.route) == (EventKind.REQUESTED, "email_reply")
    assert {item["kind"] for item in asked.items} == {"form_version", "email"}
    assert here.state(invitee(here).id).grants == ()
    assert send(here, inbox) == 1
    step = inbox.of(MAIL)
    assert step["Auto-Submitted"] == "auto-replied"
    assert "/f/door?i=" in step.get_content()
    # Nobody's machine gets a second one.
    assert took(here, answer(step, "SUBSCRIBE")) is Became.NOTED
    assert send(here, inbox) == 0


def test_a_yes_counts_only_from_the_address_that_was_invited_at_the_address_made_for_it(here, inbox, door):
    invitation(here, f"{MAIL},Anna,,{ANNA},\n")
    send(here, inbox)
    letter = inbox.of(MAIL)
    assert took(here, answer(letter, "SUBSCRIBE", sender="eve@example.net")) is Became.SOMEBODY_ELSE
    good = str(letter["Reply-To"].addresses[0].addr_spec)
    guessed = f"{good[:8]}{'a' if good[8] != 'a' else 'b'}{good[9:]}"
    forged = answer(letter, "SUBSCRIBE").replace(good.encode(), guessed.encode())
    assert took(here, forged) is Became.SOMEBODY_ELSE
    bare = forged.replace(b"In-Reply-To:", b"X-Nothing:")
    assert took(here, bare) is Became.STRANGE
    assert here.kinds() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
    ids=["RFC 3834", "older precedence", "older header", "null sender"],
)
def test_a_machine_that_says_subscribe_is_not_believed(here, inbox, door, headers):
    invitation(here, f"{MAIL},Anna,,{ANNA},\n")
    send(here, inbox)
    assert took(here, answer(inbox.of(MAIL), "SUBSCRIBE", **headers)) is Became.AUTOMATIC
    assert here.kinds() == []
    assert send(here, inbox) == 0


def test_what_nobody_understands_is_left_to_a_person(here, inbox, door):
    invitation(here, f"{MAIL},Anna,,{ANNA},\n")
    send(here, inbox)
    assert took(here, answer(inbox.of(MAIL), "What does that cost me, and who are you?")) is Became.UNCLEAR


def bounce(letter, to, *, action="failed", status="5.1.1"):
    return textwrap.dedent(f"""\
        From: MAILER-DAEMON@mail.example.net
        To: {letter["Reply-To"].addresses[0].addr_spec}
        Subject: Undelivered
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        It did not arrive.

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.net

        Final-Recipient: rfc822; {to}
        Action: {action}
        Status: {status}

        --b--
        """).encode()


def test_a_box_that_is_not_there_is_not_written_to_again_and_one_that_is_full_is(here, inbox, door):
    row = invitation(here, f"{MAIL},Anna,,,\nb@example.net,B,,,\n")
    send(here, inbox)
    delayed = bounce(inbox.of("b@example.net"), "b@example.net", action="delayed", status="4.2.2")
    assert took(here, delayed) is Became.DELAYED
    assert took(here, bounce(inbox.of(MAIL), MAIL)) is Became.BOUNCED
    assert reporting.result(here.store, row).bounced == 1
    invitation(here, f"{MAIL},Anna,,,\nb@example.net,B,,,\n")
    send(here, inbox)
    assert [each["To"].addresses[0].addr_spec for each in inbox.letters[2:]] == ["b@example.net"]


# --- links ---------------------------------------------------------------------------------------------------


def page_word(letter):
    return re.search(r"[?]i=([a-z2-7]{32})", letter.get_body(("plain",)).get_content())[1]


def test_i8_the_link_tells_the_page_who_was_invited_and_shows_the_number_masked(here, inbox, door):
    invitation(here, f"{MAIL},Anna Berg,,{ANNA},\nb@example.net,B,,,\n")
    send(here, inbox)
    word = page_word(inbox.of(MAIL))
    who = invitations.invited(here.store, word, here.at)
    assert (who.name, who.point, who.number.e164, who.masked) == ("Anna Berg", "door", ANNA, "…78")
    assert invitations.invited(here.store, page_word(inbox.of("b@example.net")), here.at).number is None
    for changed in (word[:-1] + ("a" if word[-1] != "a" else "b"), word[:-1], "", "é" * 32):
        assert invitations.invited(here.store, changed, here.at) is None
    assert invitations.read_word(here.store, word, Opens.WAY_OUT) is None, "each word opens one thing"
    here.wait(days=91)
    assert invitations.invited(here.store, word, here.at) is None


def test_i11_the_funnel_follows_a_letter_to_the_yes_of_the_handset(here, inbox, door):
    row = invitation(here, f"{MAIL},Anna,,,\nb@example.net,B,,,\nc@example.net,C,,,\n", measures_opens=True)
    send(here, inbox)
    letter = inbox.of(MAIL)
    picture = re.search(r"/m/([a-z2-7]{32})\.gif", letter.get_body(("html",)).get_content())[1]
    for _ in range(2):
        assert invitations.note(here.store, picture, Opens.PICTURE, invitations.Step.OPENED, here.at)
        assert invitations.note(here.store, page_word(letter), Opens.PAGE, invitations.Step.CLICKED, here.at)
    who = invitations.invited(here.store, page_word(letter), here.at)
    form = sent(door)
    take_form(here.store, form, here.at)
    invitations.note_sign_up(here.store, who, form.number, here.at)
    before = [(line.stage.value, line.count) for line in reporting.result(here.store, row).lines]
    assert before == [("sent", 3), ("opened", 1), ("clicked", 1), ("signed_up", 1), ("confirmed", 0)]
    here.settle()
    assert here.text(ANNA, "yes") == "confirmed"
    last = reporting.result(here.store, row).lines[-1]
    assert (last.count, last.of_before, round(last.of_sent, 3)) == (1, 1.0, 0.333)


def test_a_page_that_shows_a_code_is_followed_to_the_text_that_brings_it(here, inbox):
    door = published(here, confirming=Confirming.REVERSE)
    row = invitation(here, f"{MAIL},Anna,,,\n")
    send(here, inbox)
    who = invitations.invited(here.store, page_word(inbox.of(MAIL)), here.at)
    form = sent(door)
    code = take_form(here.store, form, here.at).code
    invitations.note_sign_up(here.store, who, form.number, here.at)
    here.text(ANNA, code.text)
    counts = {line.stage: line.count for line in reporting.result(here.store, row).lines}
    assert (counts[Stage.SIGNED_UP], counts[Stage.CONFIRMED]) == (1, 1)


def test_who_signed_up_by_a_letter_and_stopped_since_is_not_invited_again(here, inbox, door):
    invitation(here, f"{MAIL},Anna,,,\n")
    send(here, inbox)
    who = invitations.invited(here.store, page_word(inbox.of(MAIL)), here.at)
    form = sent(door)
    take_form(here.store, form, here.at)
    invitations.note_sign_up(here.store, who, form.number, here.at)
    here.settle()
    here.text(ANNA, "yes")
    here.text(ANNA, "STOP")
    invitation(here, f"{MAIL},Anna,,,\n")
    assert send(here, inbox) == 0
    assert rows(here)[-1] == ("barred", "stopped_texts")


# --- servers that misbehave, and processes that die ----------------------------------------------------------


def test_what_a_server_refuses_fails_and_what_it_puts_off_is_tried_again_later(here, inbox, door):
    inbox.refuses = {"a@example.net": "550 5.1.1 no such box", "b@example.net": "451 4.7.1 greylisted"}
    row = invitation(here, "a@example.net,A,,,\nb@example.net,B,,,\nc@example.net,C,,,\n")
    assert send(here, inbox) == 1
    assert sorted(rows(here)) == [("failed", "refused_550"), ("sent", ""), ("waiting", "")]
    inbox.refuses = {}
    assert send(here, inbox) == 0, "not at once"
    here.wait(minutes=6)
    assert send(here, inbox) == 1
    row.refresh_from_db()
    assert row.state == "done"


def test_a_server_that_is_gone_after_it_has_the_letter_leaves_it_uncertain_and_nobody_gets_two(
    here, inbox, door
):
    inbox.during = lambda: ""
    invitation(here, f"{MAIL},Anna,,,\n")
    send(here, inbox)
    assert rows(here) == [("uncertain", "connection_lost")]
    inbox.during = lambda: "250 OK"
    here.wait(days=2)
    assert send(here, inbox) == 0
    # An answer settles it: the letter did arrive.
    took(here, answer(inbox.of(MAIL), "UNSUBSCRIBE"))
    assert rows(here) == [("sent", "connection_lost")]


def test_a_process_that_is_killed_between_hand_over_and_record_leaves_the_letter_uncertain(here, inbox, door):
    invitation(here, f"{MAIL},Anna,,,\nb@example.net,B,,,\n")
    child = textwrap.dedent(f"""
        import os, signal, sys
        from datetime import datetime, timezone
        from pathlib import Path
        from yesword.store.opening import open_store
        store = open_store(Path({str(here.store.folder)!r}))
        from yesword.collect import posting
        from yesword.collect.letters import Sender
        from yesword.mail.sending import posting as post_to
        from yesword.mail.servers import Security, Server
        server = Server(host="127.0.0.1", port={inbox.server.port}, security=Security.NONE)
        posting.Mailer._settle = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        at = datetime.fromisoformat({here.at.isoformat()!r})
        with post_to(server) as post, posting.mailer(store, post, Sender(address={FROM!r}, origin="https://x"), lambda: at) as made:
            made.send_due()
        """)
    done = subprocess.run([sys.executable, "-c", child], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(inbox.taken) == 1
    assert sorted(state for state, _ in rows(here)) == ["sending", "waiting"]
    assert send(here, inbox) == 1
    assert sorted(rows(here)) == [("sent", ""), ("uncertain", "owner_gone")]
    assert len({to for _, to in inbox.envelopes}) == len(inbox.envelopes) == 2


def test_pausing_holds_at_the_next_letter_and_resuming_sends_the_rest_once(here, inbox, door):
    row = invitation(here, "".join(f"p{each}@example.net,P,,,\n" for each in range(5)))

    def pausing():
        if len(inbox.taken) == 2:
            elsewhere(here.store, lambda: inviting.pause(inviting.find(row.pk)))
        return "250 OK"

    inbox.during = pausing
    assert send(here, inbox) == 2
    inviting.resume(inviting.find(row.pk))
    assert send(here, inbox) == 3
    assert len({to for _, to in inbox.envelopes}) == 5


def test_a_list_of_boxes_that_are_not_there_pauses_itself(here, inbox, door, monkeypatch):
    monkeypatch.setattr("yesword.collect.posting.FAILING_AFTER", 8)
    inbox.refuses = {f"p{each}@example.net": "550 no" for each in range(6)}
    row = invitation(here, "".join(f"p{each}@example.net,P,,,\n" for each in range(8)))
    send(here, inbox)
    row.refresh_from_db()
    assert (row.state, row.pause_reason) == ("paused", "too_many_failed")


def test_only_one_process_of_a_machine_sends(here, inbox, door):
    with mailing(here, inbox), pytest.raises(AlreadyPostingError), mailing(here, inbox):
        pass


def test_the_store_works_the_same_on_both_databases(on_both, inbox):
    here = on_both
    published(here)
    row = invitation(here, f"{MAIL},Anna,,{ANNA},\nb@example.net,B,,,\n", measures_opens=True)
    assert send(here, inbox) == 2
    assert took(here, answer(inbox.of(MAIL), "SUBSCRIBE")) is Became.ASKED
    here.settle()
    assert here.text(ANNA, "yes") == "confirmed"
    assert took(here, answer(inbox.of("b@example.net"), "STOP")) is Became.LEFT
    found = reporting.result(here.store, row)
    assert found.states == {State.SENT: 2}
    assert found.lines[-1].count == 1
    second = invitation(here, f"{MAIL},Anna,,{ANNA},\nb@example.net,B,,,\nc@example.net,C,,,\n")
    assert send(here, inbox) == 1
    assert inviting.cancel(here.store, invitation(here, "d@example.net,D,,,\n"), here.at) == 1
    assert reporting.result(here.store, second).states == {State.SENT: 1, State.BARRED: 2}
