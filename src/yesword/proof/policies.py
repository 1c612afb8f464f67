"""What a brand asks others to check its logs with: its keys and its witnesses, as one tlog-policy text.

Whoever checks takes it from a source that they trust, or writes their own: a log cannot vouch for itself.
"""

from collections.abc import Callable
from typing import Final

from yesword.domain.ids import BrandId
from yesword.ledger.checkpoint import read_vkey
from yesword.ledger.cosignature import WitnessKey, read_witness_vkey
from yesword.ledger.policy import Group, Policy, PolicyLog, PolicyWitness
from yesword.store import attesters, ledgers
from yesword.store.database import Session
from yesword.store.ledgers import LogRow

_ANY: Final = "any-witness"

Address = Callable[[LogRow], str]


def policy_of(session: Session, brand: BrandId, address: Address | None = None) -> Policy:
    """All keys of all generations of the brand's log, newest first, and the witnesses that are asked about it.

    `address`: where a log is published, for those who read it there. Where there are witnesses, one of them is enough.
    """
    logs = [
        PolicyLog(key=read_vkey(row[1]), url=address(log) if address else None)
        for log in reversed(ledgers.logs(session, brand))
        for row in reversed(session.rows("ledger_keys", log_id=log.id))
    ]
    asked: dict[WitnessKey, PolicyWitness] = {}
    for row in attesters.witnesses():
        if row.is_on and row.brand in (None, brand):
            key = read_witness_vkey(row.vkey)
            asked.setdefault(key, PolicyWitness(name=row.name, key=key, url=row.url))
    names = tuple(each.name for each in asked.values())
    groups = (Group(name=_group_name(names), threshold=1, members=names),) if names else ()
    return Policy(
        logs=tuple(logs),
        witnesses=tuple(asked.values()),
        groups=groups,
        quorum=groups[0].name if groups else None,
    )


def _group_name(taken: tuple[str, ...]) -> str:
    name = _ANY
    while name in taken:
        name += "-"
    return name
