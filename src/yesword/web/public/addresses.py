"""Where the open pages stand, as whole addresses that can be given away."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from yesword.domain.ids import ContactId, ProgramId
from yesword.store import links
from yesword.store.database import Session
from yesword.store.links import LinkKind, NewLink
from yesword.store.programs import BrandRow
from yesword.web.environment import read_environment

_CONSOLE: Final = "console-address"  # in the run folder


def origin(request: HttpRequest | None = None, *, run: Path | None = None) -> str:
    """As people type it: what the settings say. Where they say nothing, as whoever asks typed it, which may be wrong
    behind a proxy; and for a command, which has the store's `run` folder, where the console was started last.
    """
    if not os.environ.get("YESWORD_PUBLIC_URL"):
        if request is not None:
            return f"{request.scheme}://{request.get_host()}"
        if run is not None and (run / _CONSOLE).is_file():
            return (run / _CONSOLE).read_text("utf-8").strip()
    return read_environment(os.environ).origin


def note_console(run: Path, address: str) -> None:
    """Where the console is started now, such as on the next free port."""
    (run / _CONSOLE).write_text(address, "utf-8")


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
