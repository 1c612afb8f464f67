"""How each log stands: what is published, what waits, who vouched for it last, and what to do where it is in trouble."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.domain.times import from_micros
from yesword.proof import logs
from yesword.proof.witnessing import WitnessRefusedError
from yesword.store import attesters, ledgers, log_troubles
from yesword.store.ledgers import STAMP, WITNESS, LogRow
from yesword.store.opening import Store

_ALARM: Final = "Ask its operator: if it saw what you signed, find the store that was signed last, and put that back, or if it is lost, `yesword store resume`, then `yesword ledger continue`. If the witness was wrong, `yesword attest remove NAME --was-wrong`. `yesword attest list` tells its name."
_ADVICE: Final[Mapping[str, str]] = {
    log_troubles.NO_HEAD: "Put the journal back from its copy. Only if there is none: `yesword ledger accept`, then `yesword store resume`.",
    log_troubles.FOREIGN_HEAD: "Put the right journal back, then `yesword ledger accept` lifts the mark.",
    log_troubles.ROLLED_BACK: "If a newer copy of the store is left, put that back, and `yesword ledger accept` lifts the mark. If not: `yesword store resume`, then `yesword ledger continue`.",
    log_troubles.DAMAGED: "`yesword ledger audit` names what is damaged. Put the store back from its backup; if there is none that fits, `yesword ledger continue`.",
    log_troubles.REWRITTEN: "`yesword ledger audit` names what was changed. Put the store back from its backup; if there is none that fits, `yesword ledger continue`.",
    log_troubles.WITNESS_AHEAD: f"Something was signed that is not here. {_ALARM}",
    log_troubles.WITNESS_DISAGREES: f"Something else was signed than what is here; `yesword ledger audit` says whether it was changed here. {_ALARM}",
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
class Silent:
    """Who should vouch for a log and did not, when asked the last time."""

    kind: str
    name: str
    code: str
    reason: str
    at: datetime

    @property
    def advice(self) -> str:
        return _TELL_THEM if self.code == WitnessRefusedError.code else ""


_TELL_THEM: Final = "After a key was changed or a log continued, a witness has to be given the log's key anew: `yesword ledger policy` prints it. Its operator enters it; nothing else waits for that."


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
    silent: tuple[Silent, ...]  # of those that are asked about it
    trouble: str
    key_trouble: str  # why its key cannot sign, with what to do

    @property
    def is_signed(self) -> bool:
        """Whether it goes on, or is not meant to."""
        return not self.is_newest or not (self.trouble or self.key_trouble)

    @property
    def advice(self) -> str:
        """What to do about the trouble."""
        return _ADVICE.get(self.trouble, _OTHERWISE) if self.trouble else ""


def statuses(store: Store, brand: BrandId | None = None) -> list[LogStatus]:
    """Of each log that was ever begun, older generations first."""
    found = []
    silent = list(_silent())
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
                    silent=tuple(
                        each
                        for brand_asked, log_asked, each in silent
                        if is_newest and log_asked == log.id and brand_asked in (None, log.brand)
                    ),
                    trouble=log.trouble,
                    key_trouble=_key_trouble(store, log) if is_newest else "",
                )
            )
    return found


def _silent() -> Iterator[tuple[BrandId | None, int, Silent]]:
    """Of everybody who is still asked: about which brand and log, and why nothing came."""
    on: dict[tuple[str, str], BrandId | None] = {
        (WITNESS, each.name): each.brand for each in attesters.witnesses() if each.is_on
    }
    on |= {(STAMP, each.name): None for each in attesters.authorities() if each.is_on}
    for row in attesters.askings().values():
        if row.last_error and (row.kind, row.name) in on:
            yield (
                on[row.kind, row.name],
                row.log,
                Silent(
                    kind=row.kind,
                    name=row.name,
                    code=row.last_error_code,
                    reason=row.last_error,
                    at=row.last_asked_at,
                ),
            )


def _key_trouble(store: Store, log: LogRow) -> str:
    try:
        logs.signer_of(store, log)
    except YeswordError as error:
        return error.message
    return ""
