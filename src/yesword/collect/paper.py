"""Paper lists: rows that somebody types from a list, each with the scan of it kept under the key of the person it names.

The scan shows everybody on the list. It is kept once for each of them, so that each proof stands by itself, and erasing
somebody destroys their own.
"""

from dataclasses import dataclass
from datetime import datetime

from yesword.collect.joining import Joined, Joining, join
from yesword.collect.offline import foresee
from yesword.collect.points import Point
from yesword.consent import Act
from yesword.domain.collecting.asking import Course
from yesword.domain.collecting.offline import Way, way
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Basis
from yesword.domain.phone import PhoneNumber
from yesword.proof.evidence.files import AcceptedFile
from yesword.store.opening import Store

ROUTE = "paper"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PaperList:
    """One list: what was printed on it, its scan, and who types it."""

    point: Point
    language: str
    scan: AcceptedFile
    confirms: bool  # a text asks first, or the person has to text by themselves
    user: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PaperRow:
    number: PhoneNumber
    signed_at: datetime  # the first moment of the day on which they signed
    name: str = ""


def preview(store: Store, paper: PaperList, row: PaperRow, at: datetime) -> Course:
    """What would become of a row. Nothing is changed."""
    return foresee(store, paper.point, row.number, _way(paper, row, at), row.signed_at, at)


def enter(store: Store, paper: PaperList, row: PaperRow, at: datetime) -> Joined:
    """Record one row, with the scan and the printed words. To enter it twice changes nothing more."""
    told = _way(paper, row, at)
    point = paper.point
    act = Act(
        actor=told.actor,
        route=ROUTE,
        occurred_at=row.signed_at,
        received_at=at,
        language=paper.language,
        wording=consent_text(point.definition, point.program, paper.language),
        context={} if paper.user is None else {"user": paper.user},
    )
    joining = Joining(
        brand=point.brand,
        program=point.program,
        number=row.number,
        act=act,
        confirming=told.confirming,
        point=point,
        name=row.name,
        files=(paper.scan,),
        basis=Basis.EXPRESS_WRITTEN,
    )
    return join(store, joining, at)


def _way(paper: PaperList, row: PaperRow, at: datetime) -> Way:
    return way(confirms=paper.confirms, said_at=row.signed_at, at=at)
