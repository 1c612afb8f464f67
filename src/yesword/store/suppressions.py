"""Suppressions: the keyed trace of a stop that outlives the contact. Written once, asked whenever somebody is met.

A digest says nothing without the pepper that made it; with it, only whether a number that one guesses is here. Whose it was
when somebody is erased, no time may tell either: of theirs the month is kept, and nothing closer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.events import EventKind
from yesword.domain.ids import BrandId, random_bucket
from yesword.domain.times import from_micros, month_of, to_micros
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.journal import Gone, Stop, mail_stop
from yesword.store.opening import Store

MAIL = "mail"  # kind of the look-up and of the suppression, where it is an address and no number

ERASED = "erased"  # the person was erased, and erasing implies a stop
RESTORED = "restored"  # a stop that came in after the backup from which the store was put back


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    cause: str
    since: datetime  # of somebody who was erased, the first moment of the month

    @property
    def is_month(self) -> bool:
        """Whether nothing closer than the month is known."""
        return self.since == month_of(self.since)

    @property
    def said(self) -> str:
        """The day, or the month: `2026-11`."""
        return f"{self.since:%Y-%m}" if self.is_month else f"{self.since:%Y-%m-%d}"


def enter(session: Session, brand: BrandId, digest: bytes, pepper: int, cause: str, since: datetime) -> bool:
    """Suppress whoever has this number. False: they are already, and the first reason stands."""
    return insert(session, brand, PHONE, digest, pepper, cause, since)


def insert(
    session: Session, brand: BrandId, kind: str, digest: bytes, pepper: int, cause: str, since: datetime
) -> bool:
    """The same of a number or an address: PHONE or MAIL."""
    return bool(
        session.run(
            "insert_suppression",
            brand_id=brand,
            kind=kind,
            digest=digest.hex(),
            pepper=pepper,
            cause=cause,
            since=to_micros(since),
        )
    )


def suppress_gone(session: Session, line: Gone) -> None:
    """As the journal says of an erasure. What suppressed the same one earlier is blurred, as it was then."""
    insert(session, line.brand, line.kind, line.digest, line.pepper, ERASED, line.month)
    blur(session, line.brand, line.kind, [line.digest])


def blur(session: Session, brand: BrandId, kind: str, digests: Iterable[bytes]) -> datetime | None:
    """Keep nothing closer than the month of when these were suppressed. The earliest of them; None: none of them is."""
    wanted = session.texts({each.hex() for each in digests})
    earliest: datetime | None = None
    for digest, _, since in session.rows("suppressions", brand_id=brand, kind=kind, digests=wanted):
        month = month_of(from_micros(since))
        earliest = month if earliest is None else min(earliest, month)
        if to_micros(month) != since:
            session.run("blur_suppression", brand_id=brand, kind=kind, digest=digest, since=to_micros(month))
    return earliest


def find(store: Store, session: Session, brand: BrandId, numbers: Sequence[str]) -> Mapping[str, Suppression]:
    """Which of these numbers are suppressed, under whichever pepper."""
    asked = {
        digest.hex(): number for number in numbers for digest in store.look_up.digests(brand, PHONE, number)
    }
    return {
        asked[digest]: Suppression(cause=cause, since=from_micros(since))
        for digest, cause, since in session.rows(
            "suppressions",
            brand_id=brand,
            kind=PHONE,
            digests=session.texts(asked),
        )
    }


def among(session: Session, brand: BrandId, digests: Sequence[bytes]) -> set[bytes]:
    """Which of these digests, be they of numbers or of addresses, are suppressed as they are."""
    texts = session.texts({each.hex() for each in digests})
    return {
        bytes.fromhex(row[0])
        for kind in (PHONE, MAIL)
        for row in session.rows("suppressions", brand_id=brand, kind=kind, digests=texts)
    }


def journal(
    store: Store,
    session: Session,
    brand: BrandId,
    digests: Iterable[bytes],
    at: datetime,
    *,
    mail_cause: str | None = None,
    pepper: int | None = None,
) -> None:
    """Have the journal told of stops of which there is no event, once they are committed. Without a pepper: the newest.

    No event has the id that a line of the journal needs, so each gets one, and is known here as one that was replayed.
    """
    stops = [
        Stop(
            event=store.ids.make(random_bucket()),
            brand=brand,
            digest=digest,
            pepper=pepper or store.look_up.newest,
            program=None,
            kind=EventKind.WITHDRAWN.value if mail_cause is None else mail_stop(mail_cause),
            at=at,
        )
        for digest in digests
    ]
    for stop in stops:
        session.run("insert_replayed_stop", event_id=stop.event, replayed_at=to_micros(at), became=None)
    if stops:
        session.after_commit(lambda: store.journal.write(stops))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Lately:
    """A suppression that is to be in the journal."""

    brand: BrandId
    kind: str
    digest: bytes
    pepper: int
    cause: str
    since: datetime


def lately(session: Session, since: datetime) -> list[Lately]:
    """Those of which no erasure's line in the journal tells, and no replayed one."""
    return [
        Lately(
            brand=BrandId(brand),
            kind=kind,
            digest=bytes.fromhex(digest),
            pepper=pepper,
            cause=cause,
            since=from_micros(at),
        )
        for brand, kind, digest, pepper, cause, at in session.rows(
            "suppressions_lately",
            since=to_micros(since),
            erased=ERASED,
            restored=RESTORED,
        )
    ]


def of_erased(session: Session, brand: int, kind: str, digest: str, count: int) -> list[tuple[str, str, int]]:
    """(kind, digest, since) of what erasures have left, behind this one."""
    rows = session.rows(
        "suppressions_of_erased", brand_id=brand, erased=ERASED, kind=kind, digest=digest, count=count
    )
    return [(row[0], row[1], row[2]) for row in rows]


def bytes_of(digest: str) -> bytes:
    """As the journal has it. One that somebody has changed may be no digest at all: then it is that of nobody."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return digest.encode()


def after(
    session: Session, brand: int, place: tuple[int, str, str], count: int
) -> list[tuple[int, str, str, int, str, int]]:
    """(brand, kind, digest, pepper, cause, since) of the next ones; a brand below zero stands for all."""
    of_brand, kind, digest = place
    rows = session.rows(
        "audited_suppressions", brand_id=brand, of_brand=of_brand, kind=kind, digest=digest, count=count
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]


def peppers_in_use(session: Session) -> set[int]:
    return {row[0] for row in session.rows("suppression_peppers")}
