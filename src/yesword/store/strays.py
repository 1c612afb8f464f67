"""Texts that could be given to nobody, as rows. What they are, and who reads them, is for `sending.strays` to say."""

from collections.abc import Mapping

from yesword.domain.ids import BrandId, ContactId, StrayId, bucket_of
from yesword.store import models
from yesword.store.database import Session


def counts(session: Session) -> Mapping[int, int]:
    """How many wait, by account."""
    return dict(session.rows("strays_of_account"))


def drop(session: Session, stray: StrayId) -> bool:
    """False: it waits no more."""
    return bool(session.run("drop_stray", bucket=bucket_of(stray), id=stray))


def wipe(session: Session, owner: ContactId, brand: BrandId) -> bool:
    """What came from somebody whom a brand erases. False: it stays, for another brand may have to hear of a stop."""
    whose = {"bucket": bucket_of(owner), "contact_id": owner}
    if session.first("has_strays", **whose) and models.Brand.objects.exclude(pk=brand).exists():
        return False
    session.run("drop_strays", **whose)
    return True
