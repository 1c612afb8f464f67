"""Where texts and delivery reports are kept while the keys are missing or wrong: stored, acknowledged, acted on later.

Without the keys nobody can be looked up, so a stop cannot end anything yet. It may be acknowledged all the same, because
the valve in front of all sending is closed before, and opens only when everything in the spool has been acted on.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from yesword.channels.ports import DeliveryReport, InboundText
from yesword.domain import codec
from yesword.store import durable, holds
from yesword.store.keyfiles import named_key
from yesword.store.opening import Store
from yesword.store.sealing import Seal

Item = InboundText | DeliveryReport

_KEY: Final = "spool.key"  # its own, made when it is needed: the others are what is missing
_PLACE: Final = b"spool"
_PATIENCE_S: Final = 3.0


def spool(store: Store, account: int, items: Sequence[Item], at: datetime) -> bool:
    """Keep what a carrier brings. True once it is durable and nothing can be sent any more: it may be acknowledged."""
    with store.database.write() as session:
        holds.hold(session, holds.KEYS, at)
    seal = _seal(store)
    lines = b"".join(
        base64.b64encode(seal.close(codec.dumps([account, type(item).__name__, item]), _PLACE)) + b"\n"
        for item in items
    )
    durable.append(_path(store), lines)
    return holds.is_quiet(store, _PATIENCE_S)


def spooled(store: Store) -> Iterator[tuple[int, Item]]:
    """What is kept, oldest first, each with its account."""
    path = _path(store)
    if not path.exists():
        return
    seal = _seal(store)
    for line in path.read_bytes().split(b"\n")[:-1]:
        account, kind, fields = codec.loads(list, seal.open(base64.b64decode(line), _PLACE))
        yield account, _KINDS[kind](codec.dumps(fields))


def forget(store: Store, at: datetime) -> None:
    """All of it was acted on: sending is free again."""
    _path(store).unlink(missing_ok=True)
    with store.database.write() as session:
        holds.release(session, holds.KEYS, at)


_KINDS: Final[Mapping[str, Callable[[bytes], Item]]] = {
    InboundText.__name__: lambda data: codec.loads(InboundText, data),
    DeliveryReport.__name__: lambda data: codec.loads(DeliveryReport, data),
}


def _path(store: Store) -> Path:
    return store.folder / "spool"


def _seal(store: Store) -> Seal:
    return Seal(named_key(store.folder, _KEY, may_create=True))
