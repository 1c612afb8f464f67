"""What the environment says of e-mail: which server takes letters, from which address they come, and which box answers go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.mail import addresses
from yesword.mail.servers import Door, Server, door, imap_server, is_door, smtp_server

OUT: Final = "YESWORD_MAIL_URL"
FROM: Final = "YESWORD_MAIL_FROM"
BOX: Final = "YESWORD_MAILBOX_URL"
_LONGEST_LOCAL: Final = (
    31  # before the @: a plus and a word of 32 characters follow, and 64 is what servers take
)


class NoMailError(YeswordError):
    """No e-mail can be sent: {name} is not set. docs/how-to/turn-e-mail-readers-into-members.md says how."""

    code = "no_mail"


class BadSenderError(YeswordError):
    """{name} is no address that letters can come from. Set one such as club@example.org, with at most 31 characters before the @."""

    code = "mail_bad_sender"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailSettings:
    out: Server
    sender: str
    box: Server | Door | None  # None: answers are read by people, or handed to `yesword invitations read`


def read_settings(environ: Mapping[str, str]) -> MailSettings:
    """Raises NoMailError, BadSenderError, and the errors of `servers`."""
    for name in (OUT, FROM):
        if not environ.get(name):
            raise NoMailError(name=name)
    return MailSettings(
        out=smtp_server(environ[OUT], OUT),
        sender=_sender(environ[FROM]),
        box=_box(environ.get(BOX, "")),
    )


def _box(written: str) -> Server | Door | None:
    if not written:
        return None
    return door(written, BOX) if is_door(written) else imap_server(written, BOX)


def is_set(environ: Mapping[str, str]) -> bool:
    return bool(environ.get(OUT))


def _sender(written: str) -> str:
    try:
        address = addresses.parse(written)
    except (addresses.BadAddressError, addresses.GatewayAddressError):
        raise BadSenderError(name=FROM) from None
    if len(address.partition("@")[0]) > _LONGEST_LOCAL:
        raise BadSenderError(name=FROM)
    return address
