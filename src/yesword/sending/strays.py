"""Texts that can be given to nobody: from what no number can be read in, or to an address that no program has.

They are kept before they are acknowledged, and wait for somebody: there may be a stop in them. What firms send to one
another, from names and codes, is not kept unless it is a stop; and of what goes to an address without a program, which may
be somebody else's use of the account, only stops are. The rest is counted.

What a carrier writes instead of a number seals its own text, under a key of no brand.
"""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from yesword.channels.ports import InboundText, masked
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.ids import ContactId, StrayId, bucket_of
from yesword.domain.times import to_micros
from yesword.domain.understanding import is_opt_out, understand
from yesword.domain.understanding.normalise import normalise
from yesword.sending.inbound_parts import NO_BRAND
from yesword.sending.understood import is_for_us
from yesword.store import contacts
from yesword.store import strays as rows_of_strays
from yesword.store.database import Row, Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, UnreadableError, place
from yesword.telemetry.catalogue import STRAYS
from yesword.telemetry.tally import TALLY

log = structlog.get_logger("yesword.strays")

MOST: Final = 200  # are looked at together
_OF_A_NUMBER: Final = 7  # digits; a code has fewer
_PLACE: Final = "stray"


class NoSuchStrayError(YeswordError):
    """No such text waits. Somebody has settled it, or it was given to whom it is from since."""

    code = "no_such_stray"


class Why(enum.StrEnum):
    NUMBER = "number"  # nobody can say who sent it
    ADDRESS = "address"  # no program is there where it went to


@dataclass(frozen=True, kw_only=True, slots=True)
class Stray:
    id: StrayId
    account: int
    why: Why
    is_stop: bool
    text: InboundText | None = field(repr=False)  # None: its key is gone


@dataclass(frozen=True, kw_only=True, slots=True)
class Fresh:
    """One that came in just now. `key`: that of what it came from; None: it is counted, and not kept."""

    account: int
    text: InboundText = field(repr=False)
    why: Why
    is_stop: bool
    key: tuple[ContactId, Seal] | None


def of(store: Store, account: int, texts: Iterable[InboundText]) -> list[Fresh]:
    """What to do with texts that are for nobody. Asked before anything is locked, since it makes keys."""
    found = [_fresh(account, text) for text in texts]
    wanted = list(dict.fromkeys(each.text.sender_number for each in found if _is_kept(each)))
    keys = dict(zip(wanted, contacts.prepare(store, NO_BRAND, wanted), strict=True)) if wanted else {}
    return [replace(each, key=keys[each.text.sender_number]) if _is_kept(each) else each for each in found]


def _fresh(account: int, text: InboundText) -> Fresh:
    why = Why.NUMBER if is_for_us(account, text) else Why.ADDRESS
    is_stop = is_opt_out(normalise(text.text).words)
    if not is_stop and _is_like_a_number(text.sender_number):
        is_stop = understand(text.text).is_withdrawal
    return Fresh(account=account, text=text, why=why, is_stop=is_stop, key=None)


def _is_kept(fresh: Fresh) -> bool:
    is_persons = fresh.why is Why.NUMBER and _is_like_a_number(fresh.text.sender_number)
    return fresh.is_stop or is_persons


def _is_like_a_number(written: str) -> bool:
    digits = sum(character.isdecimal() for character in written)
    return digits >= _OF_A_NUMBER and not any(character.isalpha() for character in written)


def keep(store: Store, session: Session, found: Sequence[Fresh]) -> None:
    """In the transaction that takes them for good. Told and counted when it is through."""
    session.many("keep_stray", [_row(store, each, each.key) for each in found if each.key is not None])
    if found:
        session.after_commit(lambda: _tell(found))


def _row(store: Store, fresh: Fresh, key: tuple[ContactId, Seal]) -> dict[str, object]:
    owner, seal = key
    row_id = store.ids.make(bucket_of(owner))
    # A phone may cut a pair of surrogates.
    text = replace(fresh.text, text=fresh.text.text.encode(errors="replace").decode())
    return {
        "bucket": bucket_of(owner),
        "id": row_id,
        "contact_id": owner,
        "account_id": fresh.account,
        "why": fresh.why.value,
        "is_stop": int(fresh.is_stop),
        "sealed": seal.close(codec.dumps(text), place(_PLACE, row_id)),
        "received_at": to_micros(fresh.text.received_at),
    }


def _tell(found: Sequence[Fresh]) -> None:
    for each in found:
        TALLY.add(STRAYS, str(each.account), "kept" if each.key else "passed_over")
        if each.key:
            log.warning(
                "text_for_nobody_kept",
                account=each.text.account,
                why=each.why.value,
                is_stop=each.is_stop,
                sender=masked(each.text.sender_number),
            )


def waiting(store: Store, most: int = MOST) -> list[Stray]:
    """Stops first, then the oldest."""
    with store.database.read() as session:
        rows = session.rows("strays", count=most)
    return list(_strays(store, rows))


def drop(session: Session, stray: StrayId) -> None:
    """Somebody has seen to it. Raises NoSuchStrayError."""
    if not rows_of_strays.drop(session, stray):
        raise NoSuchStrayError


def _strays(store: Store, rows: Sequence[Row]) -> Iterator[Stray]:
    seals = store.vault.seals(ContactId(row[1]) for row in rows)
    for row_id, owner, account, why, is_stop, sealed in rows:
        yield Stray(
            id=StrayId(row_id),
            account=account,
            why=Why(why),
            is_stop=bool(is_stop),
            text=_opened(seals.get(ContactId(owner)), bytes(sealed), row_id),
        )


def _opened(seal: Seal | None, sealed: bytes, row_id: int) -> InboundText | None:
    if seal is None:
        return None
    try:
        return codec.loads(InboundText, seal.open(sealed, place(_PLACE, row_id)))
    except UnreadableError:
        return None  # one damaged text must not hide the others
