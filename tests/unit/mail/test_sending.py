"""Letters as they are written: nothing in them becomes a header, and over the wire only what the server asked for."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.mail import smtp_server
from yesword.mail.sending import BadLetterError, Letter, NoServerError, Outcome, posting, write
from yesword.mail.servers import Security

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LETTER = Letter(
    sender="club@example.org",
    sender_name="Linde & Loom",
    to="anna@example.net",
    subject="Hej på dig",
    text="Hello\n.\nBcc: nobody\n",
    html="<p>Hello</p>",
    message_id="<one@example.org>",
    reply_to="club+abc@example.org",
    unsubscribe_url="https://x.example/m/abc",
)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_and_no_subject_adds_a_header(name, subject):
    try:
        data = write(replace(LETTER, to_name=name, subject=subject), AT).as_bytes(policy=SMTP)
    except BadLetterError:
        return
    found = message_from_bytes(data, policy=default)
    assert set(found.keys()) == set(write(LETTER, AT).keys())
    assert [each.addr_spec for each in found["To"].addresses] == ["anna@example.net"]


@pytest.mark.parametrize("part", ["subject", "to_name", "sender_name", "message_id", "unsubscribe_url"])
def test_a_line_break_in_a_header_is_refused(part):
    with pytest.raises(BadLetterError):
        write(replace(LETTER, **{part: "x\r\nBcc: eve@example.net"}), AT)


def test_the_ways_to_leave_come_over_the_wire_as_programs_read_them():
    long = "x" * 60
    letter = replace(
        LETTER, reply_to=f"club+{'a' * 30}@example.org", unsubscribe_url=f"https://x.example/{long}"
    )
    with smtp_server() as inbox, posting(inbox.server) as post:
        post.deliver(letter, AT)
        (raw,) = inbox.taken
    (line,) = [each for each in raw.split(b"\r\n") if each.startswith(b"List-Unsubscribe:")]
    assert line.startswith(f"List-Unsubscribe: <{letter.unsubscribe_url}>, <mailto:club+".encode())
    assert b"=?" not in line


def test_one_connection_carries_many_letters_and_a_dot_in_one_ends_nothing():
    with smtp_server() as inbox, posting(inbox.server) as post:
        told = [post.deliver(replace(LETTER, to=f"p{each}@example.net"), AT) for each in range(3)]
    assert [each.outcome for each in told] == [Outcome.ACCEPTED] * 3
    assert "Bcc: nobody" in inbox.letters[0].get_body(("plain",)).get_content()
    assert inbox.letters[0]["Subject"] == "Hej på dig"


def test_one_who_is_refused_does_not_spoil_the_connection_for_the_next():
    with smtp_server() as inbox, posting(inbox.server) as post:
        inbox.refuses = {"a@example.net": "550 no", "b@example.net": "450 later"}
        told = [post.deliver(replace(LETTER, to=f"{each}@example.net"), AT) for each in "abc"]
    assert [(each.outcome, each.code) for each in told] == [
        (Outcome.REFUSED, 550),
        (Outcome.LATER, 450),
        (Outcome.ACCEPTED, 250),
    ]


def test_a_server_that_speaks_no_tls_gets_no_letter_where_tls_was_asked_for():
    with smtp_server() as inbox:
        bare = replace(inbox.server, security=Security.STARTTLS)
        with posting(bare, ssl.create_default_context()) as post, pytest.raises(NoServerError):
            post.deliver(LETTER, AT)
    assert not inbox.taken


def test_no_server_is_told_as_that():
    with smtp_server() as inbox:
        gone = inbox.server
    with posting(gone) as post, pytest.raises(NoServerError, match=r"127\.0\.0\.1"):
        post.deliver(LETTER, AT)
