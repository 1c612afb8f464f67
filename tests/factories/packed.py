"""An evidence pack of a person on a real store, and ways to tamper with one."""

import io
import zipfile
from datetime import datetime
from typing import Any

from factories.worlds import ANNA, World
from yesword.ledger.packs import Purpose, write_archive
from yesword.ledger.policy import Policy
from yesword.proof.packs.dossier import collect
from yesword.proof.packs.writing import Order, Pack, write_pack
from yesword.proof.policies import policy_of
from yesword.proof.sequencer import Sequencer


def sequence(world: World) -> None:
    """Take everything that waits into the log."""
    keeper = Sequencer(store=world.store, clock=lambda: world.at)
    while keeper.round():
        pass


def story(world: World, number: str = ANNA) -> None:
    """Asked, confirmed, stopped and started again, all of it in the log."""
    world.join(number)
    world.wait(days=3)
    world.text(number, "STOP")
    world.wait(days=1)
    world.text(number, "START")
    sequence(world)


def packed(
    world: World,
    number: str = ANNA,
    *,
    purpose: Purpose = Purpose.LITIGATION,
    at: datetime | None = None,
    **more: Any,
) -> Pack:
    dossier = collect(world.store, world.contact(number), world.club, world.at)
    order = Order(id="pak_1", purpose=purpose, created_at=world.at, at=at or world.at, **more)
    return write_pack(dossier, order)


def own_policy(world: World) -> Policy:
    """The policy as an auditor has it, from the brand and not from the pack."""
    with world.store.database.read() as session:
        return policy_of(session, world.club.brand)


def unzipped(data: bytes) -> dict[str, bytes]:
    """By the standard library's own reader, with no check of ours."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, **changes: bytes | None) -> bytes:
    """The pack with other files; None takes one out."""
    files: dict[str, bytes | None] = {**unzipped(data), **changes}
    return write_archive({name: body for name, body in files.items() if body is not None})
