"""How each log stands: what is published, what waits, who vouched for it last, and what to do where it is in trouble."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.ids import BrandId
from yesword.domain.times import from_micros
from yesword.proof import logs
from yesword.store import ledgers
from yesword.store.opening import Store

_ADVICE: Final[Mapping[str, str]] = {
    logs.NO_HEAD: "Put the journal back from its copy. Only if there is none: `yesword ledger accept`.",
    logs.FOREIGN_HEAD: "Put the right journal back, then `yesword ledger accept` lifts the mark.",
    logs.ROLLED_BACK: "If a newer copy of the store is left, put that back, and `yesword ledger accept` lifts the mark. If not: `yesword store resume`, then `yesword ledger continue`.",
    logs.DAMAGED: "`yesword ledger audit` names what is damaged. Put the store back from its backup; if there is none that fits, `yesword ledger continue`.",
    logs.REWRITTEN: "`yesword ledger audit` names what was changed. Put the store back from its backup; if there is none that fits, `yesword ledger continue`.",
}
_OTHERWISE: Final = "Find the store that was signed last, and put that back. If it is lost, `yesword ledger continue` says so in a log of another name."


@dataclass(frozen=True, kw_only=True, slots=True)
class Voucher:
    """Who vouched for a log, and for how much of it at most."""

    kind: str
    name: str
    size: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LogStatus:
    brand: BrandId
    origin: str
    is_newest: bool  # only such a one grows
    size: int
    published: int
    waiting: int
    waiting_since: datetime | None
    signed_at: datetime | None
    vouchers: tuple[Voucher, ...]
    trouble: str

    @property
    def advice(self) -> str:
        """What to do about the trouble."""
        return _ADVICE.get(self.trouble, _OTHERWISE) if self.trouble else ""


def statuses(store: Store, brand: BrandId | None = None) -> list[LogStatus]:
    """Of each log that was ever begun, older generations first."""
    found = []
    with store.database.read() as session:
        known = ledgers.logs(session, brand)
        newest = {each.brand: each.id for each in known}
        for log in known:
            is_newest = newest[log.brand] == log.id
            waiting, since = ledgers.oldest_waiting(session, log.brand) if is_newest else (0, None)
            head = ledgers.checkpoint(session, log.id, log.size)
            found.append(
                LogStatus(
                    brand=log.brand,
                    origin=log.origin,
                    is_newest=is_newest,
                    size=log.size,
                    published=log.published_size,
                    waiting=waiting,
                    waiting_since=since,
                    signed_at=head.signed_at if head else None,
                    vouchers=tuple(
                        Voucher(kind=kind, name=name, size=size, at=from_micros(at))
                        for kind, name, size, at in session.rows("newest_attestations", log_id=log.id)
                    ),
                    trouble=log.trouble,
                )
            )
    return found
