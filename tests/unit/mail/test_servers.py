"""Where mail servers are: encrypted, or on this very machine."""

import pytest

from yesword.mail.servers import BadServerError, BareServerError, Security, imap_server, smtp_server
from yesword.mail.settings import BadSenderError, NoMailError, read_settings


def test_an_address_says_how_it_is_encrypted_and_as_whom():
    found = smtp_server("smtp+starttls://an%40na:s%2Fcret@mail.example.org", "X")
    assert (found.host, found.port, found.security) == ("mail.example.org", 587, Security.STARTTLS)
    assert (found.user, found.password) == ("an@na", "s/cret")
    box = imap_server("imaps://a:b@mail.example.org:1993/Answers", "X")
    assert (box.port, box.folder, box.security) == (1993, "Answers", Security.TLS)


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://mail.example.org", "smtps://:x", "smtps://h:port"]
)
def test_what_names_no_server_is_refused_without_its_password(url):
    with pytest.raises(BadServerError):
        smtp_server(url, "X")


def test_nothing_goes_over_a_network_in_the_clear():
    with pytest.raises(BareServerError) as refused:
        smtp_server("smtp://a:secret@mail.example.org", "YESWORD_MAIL_URL")
    assert "secret" not in str(refused.value)
    assert smtp_server("smtp://localhost:2525", "X").security is Security.NONE


def test_settings_say_what_is_missing():
    with pytest.raises(NoMailError, match="YESWORD_MAIL_URL"):
        read_settings({})
    good = {"YESWORD_MAIL_URL": "smtps://mail.example.org", "YESWORD_MAIL_FROM": "Club@Example.org"}
    assert (read_settings(good).sender, read_settings(good).box) == ("club@example.org", None)
    for sender in ("club", f"{'x' * 32}@example.org"):
        with pytest.raises(BadSenderError):
            read_settings({**good, "YESWORD_MAIL_FROM": sender})
