"""One page, one answer: what was given out with a page is used up by what is sent from it."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import to_micros
from yesword.store.database import Session

LASTS: Final = timedelta(hours=12)  # a page that has been open for longer is loaded anew


class UsedTicketError(YeswordError):
    """The page was sent before. Look at it once more, and send it again."""

    code = "used_ticket"


def use(session: Session, nonce: str, at: datetime) -> None:
    """Use it up, in the transaction of what it was used for. Raises UsedTicketError the second time."""
    digest = hashlib.sha256(nonce.encode()).digest()
    if not session.run("use_nonce", digest=digest, used_at=to_micros(at)):
        raise UsedTicketError
