"""Texts in the queue: what waits there, and what somebody does about it."""

from factories.worlds import World
from yesword.sending import triage
from yesword.store import models

BRAND = "Linde & Loom"
UNSURE = "please be so kind and leave it"
QUESTION = "do you have these in size 42, in the shop on Main Street"
BERT = "+31612345679"


def add_user(name: str, display_name: str) -> int:
    return models.User.objects.create_user(name, "a long password", display_name=display_name).pk


def waiting(here: World, after: triage.Place | None = None, limit: int = 50) -> list[triage.Item]:
    with here.store.database.read() as session:
        return triage.queue(here.store, session, here.club.brand, after, limit)


def only(here: World) -> triage.Item:
    (item,) = waiting(here)
    return item


def do(here: World, verb: str, item: triage.Item, user: int, *arguments: str) -> triage.Settled:
    """What somebody does, and what follows from it."""
    here.wait(seconds=20)
    with here.store.database.write() as session:
        if verb == "done":
            settled = triage.done(here.store, session, item.id, user, here.at, *arguments)
        else:
            settled = getattr(triage, verb)(here.store, session, item.id, user, *arguments, here.at)
    assert triage.finish(here.store, settled)
    here.settle()
    return settled
