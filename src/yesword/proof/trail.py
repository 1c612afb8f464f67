"""What was done in the console and at the command line, vouched for by the log: statements that name rows of the trail.

The trail is the operator's and not a brand's, so that the log of the first brand takes it. A row waits ten minutes at most;
until then nothing vouches for it.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import BrandId
from yesword.proof.statements import make_statement
from yesword.store import models, trails
from yesword.store.opening import Store

EVERY: Final = timedelta(minutes=10)

_MOST: Final = 500  # rows that one statement names
_NONCE_BYTES: Final = 32


def is_due(at: datetime) -> bool:
    """Whether a row has waited for long enough, or so many wait that they fill a statement."""
    waiting = models.AuditEntry.objects.filter(stated_in=None)
    return waiting.filter(at__lte=at - EVERY).exists() or waiting.count() >= _MOST


def state(store: Store, at: datetime) -> int:
    """Name every row that waits in a statement; how many. None can be before there is a brand."""
    brand = models.Brand.objects.order_by("pk").values_list("pk", flat=True).first()
    if brand is None:
        return 0
    stated = 0
    while named := _state_some(store, BrandId(brand), at):
        stated += named
    return stated


def _state_some(store: Store, brand: BrandId, at: datetime) -> int:
    with store.database.write() as session:
        rows = trails.waiting(session, _MOST)
        if rows:
            nonce = secrets.token_bytes(_NONCE_BYTES)
            digests = [(each.id, each.digest(nonce)) for each in rows]
            statement = make_statement(
                store, session, brand, trails.KIND, {"nonce": nonce.hex(), "rows": digests}, at
            )
            trails.state(session, rows, statement)
        return len(rows)
