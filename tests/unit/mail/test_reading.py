"""Reading letters: what a person wrote above the quote, and what only a machine did."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.mail.reading import Bounce, UnreadableMailError, read


def letter(body, subject="Re: Join our texts", subtype="plain", **headers):
    message = EmailMessage()
    message["From"] = "Anna <Anna@Example.net>"
    message["To"] = "Club <club+abc@example.org>"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body, subtype=subtype)
    return message.as_bytes()


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param("> Join our texts", id="a mark"),
        pytest.param("On Mon, 2 Mar 2026 at 12:00, Club <club@example.org> wrote:\nJoin", id="English"),
        pytest.param("On Mon, 2 Mar 2026 at 12:00, Club <club@example.org>\nwrote:\nJoin", id="in two lines"),
        pytest.param("Op ma 2 mrt 2026 om 12:00 schreef Club <club@example.org>:\nJoin", id="Dutch"),
        pytest.param("Am Mo., 2. März 2026 um 12:00 Uhr schrieb Club <club@example.org>:\nJoin", id="German"),
        pytest.param("Den mån 2 mars 2026 kl 12:00 skrev Club <club@example.org>:\nJoin", id="Swedish"),
        pytest.param("-----Original Message-----\nFrom: Club", id="Outlook"),
        pytest.param("________________________________\nVan: Club", id="a line"),
        pytest.param("From: Club <club@example.org>\nSent: Monday", id="its headers"),
        pytest.param("-- \nAnna Berg\nUNSUBSCRIBE street 4", id="a signature"),
        pytest.param("Sent from my iPhone", id="a telephone"),
    ],
)
def test_only_what_stands_above_the_quote_was_said(quote):
    assert read(letter(f"SUBSCRIBE\n\n{quote}\nno more e-mails: UNSUBSCRIBE\n")).words == "SUBSCRIBE"


def test_a_page_is_read_as_its_words_without_what_it_quotes():
    page = (
        "<html><head><style>p{color:red}</style></head><body><p>Yes&nbsp;please</p>"
        '<div class="gmail_quote"><div>On Monday</div>UNSUBSCRIBE</div><blockquote>STOP</blockquote></body></html>'
    )
    assert read(letter(page, subtype="html")).words == "Yes please"


def test_a_new_letter_may_say_it_in_its_subject_and_a_reply_may_not():
    assert read(letter("", subject="SUBSCRIBE")).words == "SUBSCRIBE"
    for subject in ("Re: SUBSCRIBE", "AW: SUBSCRIBE", "Antw: SUBSCRIBE", "SV: SUBSCRIBE"):
        assert read(letter("\n> quoted\n", subject=subject)).words == ""


def test_who_wrote_to_which_of_our_addresses():
    found = read(
        letter("hi", In_Reply_To="<one@example.org>", References="<two@example.org> <three@example.org>")
    )
    assert found.sender == "anna@example.net"
    assert found.recipients == ("club+abc@example.org",)
    assert found.answers == ("<one@example.org>", "<three@example.org>", "<two@example.org>")
    assert not found.is_automatic


def test_a_person_who_says_that_nothing_is_automatic_is_a_person():
    assert not read(letter("hi", Auto_Submitted="no")).is_automatic
    assert read(letter("hi", Auto_Submitted="auto-notified")).is_automatic


REPORT = """From: MAILER-DAEMON@mail.example.net
To: club+abc@example.org
Content-Type: multipart/report; report-type={kind}; boundary=b

--b
Content-Type: text/plain

SUBSCRIBE

--b
Content-Type: message/{part}

{fields}

--b
Content-Type: text/rfc822-headers

Message-ID: <ours@example.org>
Subject: SUBSCRIBE

--b--
"""
FAILED = "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: {}\n"


@pytest.mark.parametrize(
    ("kind", "part", "fields", "bounce"),
    [
        pytest.param(
            "delivery-status", "delivery-status", FAILED.format("5.1.1"), Bounce.FAILED, id="no such box"
        ),
        pytest.param(
            "delivery-status", "delivery-status", FAILED.format("4.2.2"), Bounce.DELAYED, id="full for now"
        ),
        pytest.param(
            "feedback-report", "feedback-report", "Feedback-Type: abuse\n", Bounce.COMPLAINT, id="complaint"
        ),
    ],
)
def test_what_a_machine_reports_is_no_answer_and_names_our_letter(kind, part, fields, bounce):
    found = read(REPORT.format(kind=kind, part=part, fields=fields).encode())
    assert (found.bounce, found.is_automatic) == (bounce, True)
    assert "<ours@example.org>" in found.answers


@given(st.binary(min_size=1, max_size=4000))
def test_whatever_comes_in_is_read_or_refused_and_breaks_nothing(raw):
    try:
        read(raw)
    except UnreadableMailError:
        assert not raw.strip()


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_header_and_body_can_be_read(value, body):
    raw = f"From: {value}\nMessage-ID: {value}\nTo: {value}\nContent-Type: {value}\n\n{body}"
    found = read(raw.encode(errors="replace"))
    assert "\n" not in found.sender + found.message_id + "".join(found.recipients)
