"""Fetching what came into a mail box, by IMAP: each letter is marked as seen only when whoever takes it is done with it.

What no machine could make anything of is flagged besides, so that people find it in their own mail program.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from yesword.domain.errors import YeswordError
from yesword.mail.reading import LARGEST
from yesword.mail.servers import Security, Server

MOST: Final = 100  # of one look into the box
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")


class NoMailboxError(YeswordError):
    """The mail box on {host} cannot be read now: {why}. It is tried again."""

    code = "mail_no_mailbox"


def poll(server: Server, take: Callable[[bytes], bool], context: ssl.SSLContext | None = None) -> int:
    """Hand each unseen letter to `take`, which says whether it made anything of it; how many. One on which it fails stays unseen.

    Larger ones than any answer are marked as seen and not fetched. Raises NoMailboxError.
    """
    try:
        with _opened(server, context) as box:
            return sum(_taken(box, number, take) for number in _unseen(box)[:MOST])
    except (imaplib.IMAP4.error, OSError) as error:
        raise NoMailboxError(host=server.host, why=type(error).__name__) from None


@contextlib.contextmanager
def _opened(server: Server, context: ssl.SSLContext | None) -> Iterator[imaplib.IMAP4]:
    context = context or ssl.create_default_context()
    if server.security is Security.TLS:
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            server.host, server.port, ssl_context=context, timeout=server.timeout_s
        )
    else:
        box = imaplib.IMAP4(server.host, server.port, timeout=server.timeout_s)
    try:
        if server.security is Security.STARTTLS:
            box.starttls(context)
        box.login(server.user, server.password)
        _checked(box.select(f'"{server.folder}"'))
        yield box
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            box.logout()


def _unseen(box: imaplib.IMAP4) -> list[bytes]:
    found = _checked(box.uid("SEARCH", "UNSEEN"))
    return found[0].split() if found and isinstance(found[0], bytes) else []


def _taken(box: imaplib.IMAP4, number: bytes, take: Callable[[bytes], bool]) -> int:
    uid = number.decode("ascii")
    sizes = _SIZE.findall(b" ".join(each for each in _checked(box.uid("FETCH", uid, "(RFC822.SIZE)")) if isinstance(each, bytes)))  # fmt: skip
    is_understood = True
    if sizes and int(sizes[0]) <= LARGEST:
        for each in _checked(box.uid("FETCH", uid, "(BODY.PEEK[])")):
            if isinstance(each, tuple):
                is_understood = take(bytes(each[1]))
    _checked(box.uid("STORE", uid, "+FLAGS", r"(\Seen)" if is_understood else r"(\Seen \Flagged)"))
    return 1


def _checked(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    said, found = answer
    if said != "OK":
        raise imaplib.IMAP4.error(said)
    return found
