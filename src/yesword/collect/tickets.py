"""One page, one answer: what was given out with a page is used up by what is sent from it."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Session

LASTS: Final = timedelta(hours=12)  # a page that has been open for longer is loaded anew


class UsedTicketError(YeswordError):
    """The page was sent before. Look at it once more, and send it again."""

    code = "used_ticket"


def use(session: Session, nonce: str, at: datetime, imprint: bytes = b"") -> None:
    """Use it up, in the transaction of what it was used for. Raises UsedTicketError the second time.

    `imprint`: by which the same is recognised when it is sent once more.
    """
    digest = hashlib.sha256(nonce.encode()).digest()
    if not session.run("use_nonce", digest=digest, used_at=to_micros(at)):
        raise UsedTicketError
    if imprint:
        session.run("use_nonce", digest=imprint, used_at=to_micros(at))


def imprint(nonce: str, said: str) -> bytes:
    """Of a page and of what was sent from it: only who has both can make it, so the store tells nobody what was sent."""
    return hmac.digest(nonce.encode(), said.encode(), "sha256")


def used_at(session: Session, imprint: bytes) -> datetime | None:
    """When that was sent; None: never."""
    row = session.first("nonce_used_at", digest=imprint)
    return None if row is None else from_micros(row[0])
