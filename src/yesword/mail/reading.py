"""What a letter that came in is: from whom, to which of our addresses, what was written above the quote, or no letter
at all but a machine's: a holiday reply, a bounce, a complaint by way of a mail provider.

Nothing here is believed to be true of its sender: anybody can write anything into a header.
"""

import enum
import html.parser
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any, Final

from yesword.domain.errors import YeswordError
from yesword.mail import addresses

LARGEST: Final = 25 * 1024 * 1024  # bytes; what nobody's server takes is no answer of a person
MOST_CHARACTERS: Final = 500  # of what was written: who answers with one word has said it by then
_MOST_TO: Final = 20
_MOST_PARTS: Final = 60


class UnreadableMailError(YeswordError):
    """That is no letter that can be read: it is empty, or larger than any answer."""

    code = "mail_unreadable"


class Bounce(enum.StrEnum):
    """What a machine says of a letter of ours."""

    FAILED = "failed"  # for good
    DELAYED = "delayed"  # it is still tried
    COMPLAINT = "complaint"  # the person called it spam


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReadMail:
    sender: str  # as `addresses.parse` gives it; empty where there is none
    recipients: tuple[str, ...]
    message_id: str
    answers: tuple[str, ...]  # message ids, the newest first
    words: str  # what the person wrote, without what they quote and without their signature
    is_automatic: bool
    bounce: Bounce | None = None


def read(raw: bytes) -> ReadMail:
    """Raises UnreadableMailError."""
    if not raw.strip() or len(raw) > LARGEST:
        raise UnreadableMailError
    message = message_from_bytes(raw, policy=default)
    bounce = _bounce(message)
    return ReadMail(
        sender=next(iter(_addresses(message, ("From",))), ""),
        recipients=tuple(_addresses(message, ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"))),
        message_id=_header(message, "Message-ID"),
        answers=tuple(_ids(message, bounce)),
        words=_words(message),
        is_automatic=bounce is not None or _is_automatic(message),
        bounce=bounce,
    )


_UNREADABLE: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def _header(message: "Message[Any, Any]", name: str) -> str:
    """A header as one line; empty where it is not there, or is such that nobody can read it."""
    try:
        value = message.get(name)
    except _UNREADABLE:
        return ""
    return "" if value is None else " ".join(str(value).split())


def _addresses(message: EmailMessage, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for value in _all(message, name)[:_MOST_TO]:
            try:
                written = [each.addr_spec for each in value.addresses]
            except _UNREADABLE:  # a header that the parser does not know as one of addresses
                written = [str(value).strip(" <>")]
            for each in written[:_MOST_TO]:
                try:
                    yield addresses.parse(each)
                except (addresses.BadAddressError, addresses.GatewayAddressError):
                    continue


def _all(message: EmailMessage, name: str) -> list[Any]:
    try:
        return list(message.get_all(name, []))
    except _UNREADABLE:
        return []


_ID: Final = re.compile(r"<[^<>\s]{3,250}>")


def _ids(message: EmailMessage, bounce: Bounce | None) -> Iterator[str]:
    """The letters that this one is about: those it answers, or the one that came back, which stands within it."""
    for name in ("In-Reply-To", "References"):
        yield from reversed(_ID.findall(_header(message, name)))
    if bounce is not None:
        for part in _parts(message):
            if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
                yield from _ID.findall(_original(part))


def _original(part: "Message[Any, Any]") -> str:
    """The message id of a letter that was sent back whole, or with its headers alone."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return _header(payload[0], "Message-ID")
    found = re.search(r"^message-id:\s*(<[^<>\s]+>)", str(payload), re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""


def _parts(message: EmailMessage) -> "Iterator[Message[Any, Any]]":
    for count, part in enumerate(message.walk()):
        if count >= _MOST_PARTS:
            return
        yield part


# --- machines ------------------------------------------------------------------------------------------------


def _is_automatic(message: EmailMessage) -> bool:
    """RFC 3834, and what was in use before it."""
    submitted = _header(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if _header(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    if any(_header(message, name) for name in _MACHINES):
        return True
    return _header(message, "Return-Path") == "<>" or _is_of_a_machine(message)


_MACHINES: Final = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "List-Id",
    "X-Loop",
    "X-Failed-Recipients",
)
_MACHINE_BOXES: Final = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply"})


def _is_of_a_machine(message: EmailMessage) -> bool:
    sender = next(iter(_addresses(message, ("From",))), "")
    return sender.partition("@")[0].partition("+")[0] in _MACHINE_BOXES


def _bounce(message: EmailMessage) -> Bounce | None:
    """RFC 3464 and RFC 5965. A bounce in words of its own is automatic and nothing more: guessing would end letters."""
    if message.get_content_type() != "multipart/report":
        return None
    for part in _parts(message):
        if part.get_content_type() == "message/feedback-report":
            return Bounce.COMPLAINT
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            fields = (
                [each for each in blocks if isinstance(each, Message)] if isinstance(blocks, list) else []
            )
            actions = {_header(each, "Action").lower() for each in fields} - {""}
            codes = {_header(each, "Status")[:1] for each in fields} - {""}
            if "failed" in actions and "4" not in codes:
                return Bounce.FAILED
            return Bounce.DELAYED if actions & {"failed", "delayed"} else None
    return None


# --- words ---------------------------------------------------------------------------------------------------

# "On … wrote:" in the languages that mail programs speak to our people; the line may be broken in two.
_QUOTED: Final = re.compile(
    r"^\s*(?:>|(?:on|op|am|den|le|el|il|em)\b.{0,200}\b(?:wrote|schreef|geschreven|schrieb|skrev|écrit|escribió|ha scritto|escreveu)\b[^\n]{0,200}:?\s*$"
    r"|-{3,}|_{5,}|(?:from|van|von|från|fra|de|da):\s*\S.{0,200}$)",
    re.IGNORECASE,
)
_SIGNATURE: Final = re.compile(r"^--\s?$|^(?:sent from my|verstuurd vanaf|verzonden vanaf|gesendet von|von meinem|skickat från|sendt fra)\b", re.IGNORECASE)  # fmt: skip
_REPLY: Final = re.compile(r"^\s*(?:re|aw|antw|sv|vs|fw|fwd|wg|vb|vl|doorst)\s*(?:\[\d+\])?:", re.IGNORECASE)


def _words(message: EmailMessage) -> str:
    written = _above_the_quote(_text(message))
    if written:
        return written[:MOST_CHARACTERS]
    # A new letter that has a subject and nothing else says it there; a reply's subject is only ours, given back.
    subject = _header(message, "Subject")
    return "" if _REPLY.match(subject) else subject[:MOST_CHARACTERS]


def _text(message: EmailMessage) -> str:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        if body is None:
            return ""
        said = str(body.get_content())
    except _UNREADABLE:
        return ""
    return _without_tags(said) if body.get_content_subtype() == "html" else said


def _above_the_quote(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")[:200]
    kept = []
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if _QUOTED.match(line) or _SIGNATURE.match(line) or _QUOTED.match(f"{line} {following}".strip()):
            break
        kept.append(line[:MOST_CHARACTERS].strip())
    return "\n".join(kept).strip()


class _Words(html.parser.HTMLParser):
    """What a page says, line by line, without what it quotes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_quote = tag == "div" and "gmail_quote" in (dict(attrs).get("class") or "")
        if tag in _SILENT or is_quote or (self._silent and tag == "div"):
            self._silent += 1
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and (tag in _SILENT or tag == "div"):
            self._silent -= 1
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


_SILENT: Final = frozenset({"style", "script", "head", "title", "blockquote"})
_BLOCKS: Final = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "hr"})


def _without_tags(page: str) -> str:
    words = _Words()
    words.feed(page[:200_000])
    words.close()
    return re.sub(r"\n{2,}", "\n", "".join(words.said))
