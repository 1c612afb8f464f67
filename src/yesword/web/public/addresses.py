"""Where the open pages stand, as whole addresses that can be given away."""

import os
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from yesword.domain.ids import ContactId, ProgramId
from yesword.store import links
from yesword.store.database import Session
from yesword.store.links import LinkKind, NewLink
from yesword.store.programs import BrandRow
from yesword.web.environment import read_environment


def origin(request: HttpRequest | None = None) -> str:
    """As people type it. Where the settings do not say, as whoever asks typed it: behind a proxy that may be wrong."""
    if request is not None and not os.environ.get("YESWORD_PUBLIC_URL"):
        return f"{request.scheme}://{request.get_host()}"
    return read_environment(os.environ).origin


def receipt_path(word: str) -> str:
    return reverse("public:receipt", args=[word])


def ledger_path(brand: str) -> str:
    return reverse("public:ledger", args=[brand])


def log_path(brand: str, generation: int) -> str:
    """The prefix under which a log serves its checkpoint and its tiles."""
    return f"{ledger_path(brand)}{generation}"


def make_receipt_link(
    session: Session, brand: BrandRow, contact: ContactId, program: ProgramId, at: datetime
) -> str:
    """The path of a person's own page about a program. It stands nowhere else: who loses it gets another one."""
    link = NewLink(
        brand=brand.id,
        kind=LinkKind.RECEIPT,
        contact=contact,
        program=program,
        expires_at=at + links.RECEIPT_LASTS,
    )
    return receipt_path(links.make(session, link, at))
