"""Where the open pages stand, as whole addresses that can be given away."""

import os
from datetime import datetime

from django.urls import reverse

from yesword.domain.ids import ContactId, ProgramId
from yesword.store import links
from yesword.store.database import Session
from yesword.store.links import LinkKind, NewLink
from yesword.store.programs import BrandRow
from yesword.web.environment import read_environment


def origin() -> str:
    """As people type it: behind a proxy, a request may not know."""
    return read_environment(os.environ).origin


def receipt_url(word: str) -> str:
    return origin() + reverse("public:receipt", args=[word])


def ledger_url(brand: str) -> str:
    return origin() + reverse("public:ledger", args=[brand])


def log_url(brand: str, generation: int) -> str:
    """The prefix under which a log serves its checkpoint and its tiles."""
    return f"{ledger_url(brand)}{generation}"


def make_receipt_link(
    session: Session, brand: BrandRow, contact: ContactId, program: ProgramId, at: datetime
) -> str:
    """A person's own page about a program. Its address stands nowhere else: who loses it gets another one."""
    link = NewLink(
        brand=brand.id,
        kind=LinkKind.RECEIPT,
        contact=contact,
        program=program,
        expires_at=at + links.RECEIPT_LASTS,
    )
    return receipt_url(links.make(session, link, at))
