"""Contests: what was announced, the list and the draw that were published, and the entries, each against the others.

What was published stands in the brand's log, too (see `proof.contests`), so that list, draw and log are held to each other
both ways. Of entries that are gone, with their person or after their time, only the digest in the list is left.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from yesword.domain import codec
from yesword.domain.collecting import draw_files
from yesword.domain.collecting.contests import ContestDefinition, plain
from yesword.domain.collecting.draw_files import DrawFile, Drawn, Trouble
from yesword.domain.collecting.points import PointDefinition
from yesword.domain.errors import YeswordError
from yesword.domain.ids import to_text
from yesword.domain.times import iso_millis
from yesword.ledger.entry import JsonObject
from yesword.proof.auditing.contest_entries import misfits_of_entries
from yesword.proof.auditing.report import AuditReport
from yesword.proof.auditing.statements import said_in
from yesword.proof.contests import CLOSED, DRAWN, says_closed, says_drawn
from yesword.store import contests
from yesword.store.contests import Fixed
from yesword.store.database import Row, Session
from yesword.store.forms import as_bytes, as_text, as_time
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.unread import told

_CONTEST: Final = "store_contest"
_PAGE: Final = 50  # statements: one of many winners is large
_ABSENT: Final = "nothing"
_SHOWN: Final = 80  # letters of a value
_ANY: Final = -1
# What is read from a row that somebody wrote may be anything.
_UNREADABLE: Final = (YeswordError, ValueError, TypeError, AttributeError, OverflowError)
_TROUBLES: Final[Mapping[Trouble, tuple[Fault, str, str]]] = {
    Trouble.LIST: (
        Fault.CONTEST_LIST_DIFFERS,
        "contest_leaf",
        "the digest of its entries is not the one that was published.",
    ),
    Trouble.COUNT: (
        Fault.CONTEST_LIST_DIFFERS,
        "contest_leaf",
        "there are not as many entries as were published.",
    ),
    Trouble.SEED_TOO_EARLY: (
        Fault.CONTEST_DRAW_DIFFERS,
        "contest_draw",
        "its seed is not younger than the list.",
    ),
    Trouble.SEED_TOO_LATE: (Fault.CONTEST_DRAW_DIFFERS, "contest_draw", "it is older than its seed."),
    Trouble.WINNERS: (Fault.CONTEST_DRAW_DIFFERS, "contest_draw", "drawn again, others win."),
}


def look_at_contests(store: Store, report: AuditReport, brand: int) -> None:
    stated = _Stated(store=store, brand=brand)
    stated.read()
    known = stated.keys()
    with store.database.read() as session:
        rows = session.rows("audited_contests", brand_id=brand, id=_ANY)
        lost = session.rows("contests_lost", count=MOST_TOLD)
    for row in rows:
        with told(report.misfits, _CONTEST, f"The contest {as_text(row[2])}"):
            for found in _looked_at(store, row, stated):
                report.misfits.add(found)
    for of_brand, key in sorted(known - {(row[1], as_text(row[2])) for row in rows}):
        name = stated.first(of_brand, key)
        report.misfits.add(_differs(key, f"{name} tells of it, and there is no such contest."))
    for (contest,) in lost:
        reason = "it is missing, and its entries or what was published of it are there."
        report.misfits.add(_differs(f"number {contest}", reason))


def _looked_at(store: Store, row: Row, stated: "_Stated") -> list[Misfit]:
    """What does not fit, and did not fit a moment later, either: somebody may be closing or drawing it."""
    found = list(_misfits(store, _Contest.of(row), stated))
    if not found:
        return []
    stated.read()
    with store.database.read() as session:
        row = session.first("audited_contests", brand_id=_ANY, id=row[0]) or row
    return list(_misfits(store, _Contest.of(row), stated))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Contest:
    """The row, and what it says as far as it can be read."""

    id: int
    brand: int
    key: str
    name: str
    program: int
    point: int | None
    point_digest: str
    terms: str  # SHA-256 of the definition
    keywords: str
    is_announced: object
    closed_at: object
    definition: ContestDefinition | None

    @classmethod
    def of(cls, row: Row) -> "_Contest":
        written = as_bytes(row[7])
        try:
            definition = codec.loads(ContestDefinition, written)
        except YeswordError:
            definition = None
        return cls(
            id=row[0],
            brand=row[1],
            key=as_text(row[2]),
            name=as_text(row[3]),
            program=row[4],
            point=row[5],
            point_digest=as_text(row[6]),
            terms=sha256(written).hexdigest(),
            keywords=as_text(row[8]),
            is_announced=row[9],
            closed_at=as_time(row[10]) or (None if row[10] is None else as_text(row[10])),
            definition=definition,
        )


def _misfits(store: Store, contest: _Contest, stated: "_Stated") -> Iterator[Misfit]:
    with store.database.read() as session:
        leaves = [as_text(each) for each in contests.leaves(session, contest.id)]
        try:
            fixed, drawn = contests.commitment(session, contest.id), contests.drawn(session, contest.id)
        except _UNREADABLE:
            yield _differs(contest.key, "what was published of it cannot be read.")
            return
    definition = contest.definition
    if definition is None:
        yield _differs(contest.key, "what was announced cannot be read.")
    else:
        yield from _misfits_of_row(store, contest, definition, fixed)
        yield from _drawn_again(contest, definition, leaves, fixed, drawn)
    yield from _as_stated(contest, fixed, drawn, stated)
    if definition is not None:
        yield from misfits_of_entries(
            store, contest.id, contest.key, definition, None if fixed is None else frozenset(leaves)
        )


# --- what was announced -----------------------------------------------------------------------------------------


def _misfits_of_row(
    store: Store, contest: _Contest, definition: ContestDefinition, fixed: Fixed | None
) -> Iterator[Misfit]:
    keywords = f" {' '.join(plain(each) for each in definition.keywords)} "
    for member, wanted, found in (
        ("name", definition.name, contest.name),
        ("program", definition.program, contest.program),
        ("keywords", keywords, contest.keywords),
        ("closed_at", _ended_early(definition, fixed), contest.closed_at),
    ):
        if wanted != found:
            yield _differs(contest.key, f"its row says {found} for its {member}, and {wanted} is wanted.")
    if contest.is_announced not in (0, 1) or (fixed is not None and not contest.is_announced):
        reason = f"its row says {contest.is_announced} for whether it was announced."
        yield _differs(contest.key, reason)
    if not (contest.is_announced and definition.asks):
        if contest.point is not None or contest.point_digest:
            yield _differs(contest.key, "it asks nobody for a yes, and its row names terms of one.")
        return
    with store.database.read() as session:
        row = session.first("contest_terms_pinned", point_id=contest.point, digest=contest.point_digest)
    if row is None:
        yield _differs(contest.key, "the version of a collection point that pins its terms is not there.")
    elif _pinned(row[0]) != contest.terms:
        reason = f"it has the digest {contest.terms}, and the terms that people said yes to name {_pinned(row[0])}."
        yield _differs(contest.key, reason)


def _ended_early(definition: ContestDefinition, fixed: Fixed | None) -> object:
    """When it was closed, if that was before its time."""
    if fixed is None or fixed.commitment.committed_at > definition.closes_at:
        return None
    return fixed.commitment.committed_at


def _pinned(definition: object) -> str:
    try:
        return codec.loads(PointDefinition, as_bytes(definition)).setting("contest", _ABSENT)
    except YeswordError:
        return _ABSENT


# --- what was published -----------------------------------------------------------------------------------------


def _drawn_again(
    contest: _Contest,
    definition: ContestDefinition,
    leaves: list[str],
    fixed: Fixed | None,
    drawn: Drawn | None,
) -> Iterator[Misfit]:
    if fixed is None:
        if leaves or drawn is not None:
            reason = "it is missing, and entries of it or its draw are there."
            yield _of_list(contest.key, reason)
        return
    try:
        file = DrawFile(
            contest=contest.key,
            name=definition.name,
            brand="",
            opens_at=definition.opens_at,
            closes_at=definition.closes_at,
            places=definition.winners,
            entries=tuple(leaves),
            commitment=fixed.commitment,
            drawn=drawn,
        )
        troubles = draw_files.verify(file)
    except _UNREADABLE as error:
        reason = error.message if isinstance(error, YeswordError) else "it cannot be read."
        yield _of_list(contest.key, reason)
        return
    for trouble in troubles:
        # From another source than was announced it may be drawn; which it was stands in the log.
        if trouble in _TROUBLES:
            fault, where, reason = _TROUBLES[trouble]
            yield misfit(fault, where, contest=contest.key, reason=reason)


def _as_stated(
    contest: _Contest, fixed: Fixed | None, drawn: Drawn | None, stated: "_Stated"
) -> Iterator[Misfit]:
    closing = None if fixed is None else says_closed(contest.key, contest.terms, fixed)
    draw = None
    if drawn is not None:
        list_digest = _ABSENT if fixed is None else fixed.commitment.list_digest
        draw = says_drawn(contest.key, list_digest, drawn)
    for fault, where, kind, wanted, at in (
        (
            Fault.CONTEST_LIST_DIFFERS,
            "contest_commitment",
            CLOSED,
            closing,
            None if fixed is None else fixed.commitment.committed_at,
        ),
        (
            Fault.CONTEST_DRAW_DIFFERS,
            "contest_draw",
            DRAWN,
            draw,
            None if drawn is None else drawn.drawn_at,
        ),
    ):
        for reason in _compared(wanted, at, stated.of(contest.brand, contest.key, kind)):
            yield misfit(fault, where, contest=contest.key, reason=reason)


def _compared(
    wanted: JsonObject | None, at: datetime | None, statements: Mapping[str, JsonObject]
) -> Iterator[str]:
    if wanted is None or at is None:
        for name in statements:
            yield f"{name} tells of it, and it is missing."
        return
    if not statements:
        yield "no statement of the log tells of it."
    if len(statements) > 1:
        yield f"{' and '.join(statements)} tell of it, and it is made once."
    for name, said in statements.items():
        for member, found in {**wanted, "at": iso_millis(at)}.items():
            if said.get(member, _ABSENT) != found:
                yield f"its {member} is {_short(found)}, and {name} says {_short(said.get(member, _ABSENT))}."


@dataclass(kw_only=True, slots=True)
class _Stated:
    """Which statements tell of which contest. What one says is read when it is asked for."""

    store: Store
    brand: int
    _names: dict[tuple[int, str, str], list[int]] = field(default_factory=dict)

    def read(self) -> None:
        self._names = {}
        cursor = -1
        while True:
            with self.store.database.read() as session:
                rows = session.rows(
                    "contest_statements",
                    closed=CLOSED,
                    drawn=DRAWN,
                    brand_id=self.brand,
                    cursor=cursor,
                    count=_PAGE,
                )
            for row in rows:
                said = _said(row)
                if said is not None:
                    self._names.setdefault((row[1], str(said.get("contest")), row[2]), []).append(row[0])
            if len(rows) < _PAGE:
                return
            cursor = rows[-1][0]

    def keys(self) -> set[tuple[int, str]]:
        return {(brand, key) for brand, key, _ in self._names}

    def first(self, brand: int, key: str) -> str:
        found = [*self._names.get((brand, key, CLOSED), []), *self._names.get((brand, key, DRAWN), [])]
        return to_text("sta", found[0])

    def of(self, brand: int, key: str, kind: str) -> Mapping[str, JsonObject]:
        """What they say, by their names."""
        with self.store.database.read() as session:
            found = {each: _one(session, each) for each in self._names.get((brand, key, kind), [])}
        return {to_text("sta", each): said for each, said in found.items() if said is not None}


def _one(session: Session, statement: int) -> JsonObject | None:
    row = session.first("statements_by_id", **session.people([statement]))
    return None if row is None else _said(row)


def _said(row: Row) -> JsonObject | None:
    """None where it cannot be read, which is told of the statement."""
    try:
        return said_in(row)
    except _UNREADABLE:
        return None


def _short(value: object) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _differs(contest: str, reason: str) -> Misfit:
    return misfit(Fault.CONTEST_DIFFERS, _CONTEST, contest=contest, reason=reason)


def _of_list(contest: str, reason: str) -> Misfit:
    return misfit(Fault.CONTEST_LIST_DIFFERS, "contest_commitment", contest=contest, reason=reason)
