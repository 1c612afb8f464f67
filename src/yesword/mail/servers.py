"""Where mail is handed over, fetched and taken, as addresses say it: `smtps://user:password@host:465`, `imaps://…/INBOX`,
`lmtp://127.0.0.1:2424`, `lmtp+unix:///run/yesword/mail.sock`.
"""

import enum
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from yesword.domain.errors import YeswordError

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class BadServerError(YeswordError):
    """{name} is no address of a mail server. Write {example}."""

    code = "mail_bad_server"


class BareServerError(YeswordError):
    """{name} would send letters and the password in the clear over a network. Write {example}; only a server on this machine may go without."""

    code = "mail_bare_server"


class Security(enum.StrEnum):
    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"  # asked for, and nothing is said without it
    NONE = "none"  # on this machine only


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Server:
    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""
    folder: str = "INBOX"  # of a mail box
    timeout_s: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where a mail server on this machine hands letters on: a socket file, or a port of the loopback."""

    path: str = ""
    host: str = ""
    port: int = 0

    @property
    def shown(self) -> str:
        return self.path or f"{self.host}:{self.port}"


_DOORS: Final = ("lmtp", "lmtp+unix")
_SMTP: Final = {
    "smtps": (Security.TLS, 465),
    "smtp+starttls": (Security.STARTTLS, 587),
    "smtp": (Security.NONE, 25),
}
_IMAP: Final = {
    "imaps": (Security.TLS, 993),
    "imap+starttls": (Security.STARTTLS, 143),
    "imap": (Security.NONE, 143),
}


def smtp_server(url: str, name: str) -> Server:
    """`name`: what the setting is called, for the error. Raises BadServerError, BareServerError."""
    return _server(url, name, _SMTP, "smtps://user:password@mail.example.org")


def imap_server(url: str, name: str) -> Server:
    """Raises BadServerError, BareServerError."""
    return _server(url, name, _IMAP, "imaps://user:password@mail.example.org/INBOX")


def is_door(url: str) -> bool:
    return url.partition("://")[0] in _DOORS


def door(url: str, name: str) -> Door:
    """Raises BadServerError, BareServerError."""
    example = "lmtp://127.0.0.1:2424 or lmtp+unix:///run/yesword/mail.sock"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadServerError(name=name, example=example) from None
    if parts.scheme == "lmtp+unix" and not parts.netloc and len(parts.path) > 1:
        return Door(path=unquote(parts.path))
    if parts.scheme != "lmtp" or not parts.hostname or not port or parts.path.strip("/"):
        raise BadServerError(name=name, example=example)
    if parts.hostname not in _LOCAL:
        raise BareServerError(name=name, example=example)
    return Door(host=parts.hostname, port=port)


def _server(url: str, name: str, known: dict[str, tuple[Security, int]], example: str) -> Server:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadServerError(name=name, example=example) from None
    if parts.scheme not in known or not parts.hostname:
        raise BadServerError(name=name, example=example)
    security, usual = known[parts.scheme]
    if security is Security.NONE and parts.hostname not in _LOCAL:
        raise BareServerError(name=name, example=example)
    return Server(
        host=parts.hostname,
        port=port or usual,
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
