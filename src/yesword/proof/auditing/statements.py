"""The statements of a brand: each fits its entry, says what its row says, and vouches for what is stored with it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.ids import bucket_of, to_text
from yesword.domain.times import from_micros, iso_millis
from yesword.ledger.entry import JsonObject, matches
from yesword.ledger.handed import KIND as HANDED_OVER
from yesword.ledger.handed import read_handed_over, root_of, split_leaves
from yesword.ledger.leaf import leaf_hash
from yesword.proof.auditing.report import AuditReport
from yesword.proof.auditing.trail import misfits_of_trail
from yesword.store import handed, trails
from yesword.store.checking import PAGE, shown
from yesword.store.database import Row, Session
from yesword.store.forms import as_bytes, as_moment
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.unread import told

_STATEMENTS: Final = "ledger_statement"
_TIMES: Final = ("at", "last_at")  # what kinds of statements call the moment at which they were made


def look_at_statements(store: Store, report: AuditReport, brand: int) -> None:
    # Each by itself first: what is wrong with one would be told of its neighbour, too.
    for session, row in _each(store, brand):
        report.statements += 1
        with told(report.misfits, _STATEMENTS, f"The statement {to_text('sta', row[0])}"):
            for found in _misfits(session, row):
                report.misfits.add(found)
    for session, row in _each(store, brand):
        if row[2] == HANDED_OVER:
            with told(
                report.misfits, _STATEMENTS, f"What came before the statement {to_text('sta', row[0])}"
            ):
                for found in _misfits_of_chain(session, row):
                    report.misfits.add(found)
    with store.database.read() as session:
        rows = session.rows("statements_nowhere", brand_id=brand, count=MOST_TOLD)
        widowed = session.rows("batches_without_statement", brand_id=brand, count=MOST_TOLD)
    for (statement,) in rows:
        report.misfits.add(
            misfit(Fault.EVENT_NOWHERE, "ledger_outbox", what="Statement", event=to_text("sta", statement))
        )
    for (batch,) in widowed:
        report.misfits.add(_handed(to_text("sta", batch), "its statement is missing."))


def _misfits(session: Session, row: Row) -> Iterator[Misfit]:
    row_id, _, kind, made_at, _, entry, leaf = row
    name = to_text("sta", row_id)
    wanted = leaf_hash(as_bytes(entry))
    if wanted != as_bytes(leaf):
        yield misfit(
            Fault.LEAF_NOT_OF_ENTRY,
            _STATEMENTS,
            what="Statement",
            event=name,
            expected=wanted.hex(),
            found=as_bytes(leaf).hex(),
        )
    try:
        said = said_in(row)
    except YeswordError as error:
        yield _other(name, error.message)
        return
    if said is None:
        yield _other(name, "it does not disclose what it says.")
        return
    try:
        at = iso_millis(from_micros(made_at))
    except (OverflowError, TypeError):
        at = as_moment(made_at)
    for members, found in ((("type",), kind), (("id",), name), (_TIMES, at)):
        member = next((each for each in members if each in said), None)
        wanted_there = said[member] if member else found
        if wanted_there != found:
            yield _other(name, f"its row says {found} for its {member}, and it says {wanted_there}.")
    look = _LOOKS.get(kind)
    if look is not None:
        yield from look(session, row_id, said)


def _look_at_handed(session: Session, row_id: int, statement: JsonObject) -> Iterator[Misfit]:
    name = to_text("sta", row_id)
    batch = handed.read(session, row_id)
    if batch is None:
        yield _handed(name, "it is missing.")
        return
    try:
        said = read_handed_over(statement)
        count, root = len(split_leaves(batch.leaves)), root_of(batch.leaves)
    except YeswordError as error:
        yield _handed(name, error.message)
        return
    for member, expected, found in (
        ("root", said.root.hex(), root.hex()),
        ("count", said.count, count),
        ("nonce", said.nonce.hex(), batch.nonce.hex()),
        ("process", said.chain, batch.chain),
        ("number", said.n, batch.n),
        ("beginning", iso_millis(said.first_at), iso_millis(batch.first_at)),
        ("end", iso_millis(said.last_at), iso_millis(batch.last_at)),
        ("having one of another process before it", said.after is not None, batch.after_id is not None),
    ):
        if expected != found:
            yield _handed(name, f"its {member} is {found}, and the statement says {expected}.")


def _misfits_of_chain(session: Session, row: Row) -> Iterator[Misfit]:
    """That the ones before it are there, and are those that it names."""
    name = to_text("sta", row[0])
    try:
        said = read_handed_over(said_in(row) or {})
    except YeswordError:
        return  # told already
    before = session.first("batches_before", bucket=bucket_of(row[0]), id=row[0]) or (None, None)
    for which, leaf, named in (
        ("before it of its process", before[0], said.prev),
        ("newest when it was made", before[1], said.after),
    ):
        if (None if leaf is None else as_bytes(leaf)) != named:
            yield _handed(
                name, f"the one {which} has the leaf hash {shown(leaf)}, and it names {shown(named)}."
            )


def said_in(row: Row) -> JsonObject | None:
    """What it says. Raises YeswordError where it does not open."""
    said = matches(as_bytes(row[5]), codec.loads(list, as_bytes(row[4]))).get("event")
    return said if isinstance(said, Mapping) else None


def _each(store: Store, brand: int) -> Iterator[tuple[Session, Row]]:
    bucket, cursor = 0, -1  # as they stand there: a row may lie in another's bucket
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "audited_statements",
                cursor=cursor,
                cursor_bucket=bucket,
                brand_id=brand,
                count=PAGE,
            )
            if not rows:
                return
            cursor, bucket = rows[-1][0], rows[-1][-1]
            for *row, _ in rows:
                yield session, tuple(row)


# Kinds of statements that vouch for rows of their own.
_LOOKS: Final[Mapping[str, Callable[[Session, int, JsonObject], Iterator[Misfit]]]] = {
    HANDED_OVER: _look_at_handed,
    trails.KIND: misfits_of_trail,
}


def _other(name: str, reason: str) -> Misfit:
    return misfit(Fault.STATEMENT_DIFFERS, _STATEMENTS, event=name, reason=reason)


def _handed(name: str, reason: str) -> Misfit:
    return misfit(Fault.HANDED_DIFFERS, "handed_batch", event=name, reason=reason)
