"""Handing letters to a mail server: built so that nothing in them can become a header, over one connection for many.

What became of each is told in four words, of which the last is for what nobody knows: the connection broke after the
letter had gone and before the server said that it had it.
"""

import contextlib
import enum
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.mail.servers import Security, Server

_DONE: Final = 250
_LATER: Final = range(400, 500)
# As long as a line may be (RFC 5322): an address that is longer than 78 is not folded but encoded, and then no program reads it.
_ON_THE_WIRE: Final = SMTP.clone(max_line_length=998)


class BadLetterError(YeswordError):
    """The letter cannot be sent: its {part} has a line break or another character that no header may have."""

    code = "mail_bad_letter"


class NoServerError(YeswordError):
    """The mail server {host} takes no letters now: {why}. Nothing was sent; it is tried again."""

    code = "mail_no_server"


class Outcome(enum.StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: there is no such box, or it takes nothing from us
    LATER = "later"  # not now; it was not sent
    UNKNOWN = "unknown"  # sent or not


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    outcome: Outcome
    code: int = 0  # the server's own, where it said one


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Letter:
    """One letter to one person. Addresses are as `addresses.parse` gives them."""

    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    message_id: str  # of our own making, in angle brackets
    to_name: str = ""
    html: str = ""
    reply_to: str = ""  # also where it comes back to if it cannot be delivered
    unsubscribe_url: str = ""
    answers: str = ""  # the message id of the letter that this one answers, by itself
    language: str = ""


def write(letter: Letter, at: datetime) -> EmailMessage:
    """The letter as it goes over the wire. Raises BadLetterError."""
    message = EmailMessage(policy=SMTP)
    for part in ("subject", "sender_name", "to_name", "message_id", "answers", "unsubscribe_url"):
        if not all(character.isprintable() for character in getattr(letter, part)):
            raise BadLetterError(part=part.replace("_", " "))
    message["From"] = _address(letter.sender, letter.sender_name)
    message["To"] = _address(letter.to, letter.to_name)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    if letter.reply_to:
        message["Reply-To"] = _address(letter.reply_to, letter.sender_name)
    if letter.answers:
        message["In-Reply-To"] = letter.answers
        message["References"] = letter.answers
        message["Auto-Submitted"] = "auto-replied"
    else:
        message["Auto-Submitted"] = "auto-generated"
    # Asks holiday replies and the like not to answer at all.
    message["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe_url:
        by_mail = f", <mailto:{letter.reply_to}?subject=UNSUBSCRIBE>" if letter.reply_to else ""
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>{by_mail}"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    if letter.language:  # last: setting the content takes such headers away
        message["Content-Language"] = letter.language
    return message


def _address(address: str, name: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        return Address(display_name=name, username=local, domain=domain)
    except ValueError:
        raise BadLetterError(part="name") from None


class Post:
    """An open connection to the mail server. It is made again where it broke between two letters."""

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context or ssl.create_default_context()
        self._smtp: smtplib.SMTP | None = None

    def deliver(self, letter: Letter, at: datetime) -> Told:
        """Raises BadLetterError, and NoServerError where not even a connection was had."""
        data = write(letter, at).as_bytes(policy=_ON_THE_WIRE)
        smtp = self._open()
        try:
            told = self._addressed(smtp, letter)
            if told is not None:
                smtp.rset()
                return told
        except (smtplib.SMTPException, OSError):
            self._drop()
            return Told(outcome=Outcome.LATER)  # not a byte of it has gone
        return self._data(smtp, data)

    def _addressed(self, smtp: smtplib.SMTP, letter: Letter) -> Told | None:
        """What speaks against it before any of it is sent."""
        code, _ = smtp.mail(letter.reply_to or letter.sender)
        if code != _DONE:
            # It is us whom the server does not want, and not this person.
            return Told(outcome=Outcome.LATER, code=code)
        code, _ = smtp.rcpt(letter.to)
        return None if code in (250, 251) else _told(code)

    def _data(self, smtp: smtplib.SMTP, data: bytes) -> Told:
        try:
            code, _ = smtp.data(data)
        except smtplib.SMTPDataError as error:  # before the first byte
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.rset()
            return _told(error.smtp_code)
        except (smtplib.SMTPException, OSError):
            self._drop()
            return Told(outcome=Outcome.UNKNOWN)
        return _told(code)

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == _DONE:
                    return self._smtp
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        server = self._server
        try:
            if server.security is Security.TLS:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=server.timeout_s, context=self._context
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
            self._smtp = smtp
            smtp.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                smtp.starttls(context=self._context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            # Only the kind of error: a server may repeat the user's name in its words.
            raise NoServerError(host=server.host, why=type(error).__name__) from None
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def close(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop()


@contextlib.contextmanager
def posting(server: Server, context: ssl.SSLContext | None = None) -> Iterator[Post]:
    """One connection for a batch, opened with the first letter."""
    post = Post(server, context)
    try:
        yield post
    finally:
        post.close()


def _told(code: int) -> Told:
    if code == _DONE:
        return Told(outcome=Outcome.ACCEPTED, code=code)
    return Told(outcome=Outcome.LATER if code in _LATER else Outcome.REFUSED, code=code)
