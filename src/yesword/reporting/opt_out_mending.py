"""Mending what a comparison of opt-outs found: theirs recorded here, ours as a list for them.

Each number on their list counts as STOP does, as a carrier's block counts in `sending.carrier_stops`: it ends everything of
the brands that text from there. Of a number that nobody here has, a keyed trace is left, so that no file brings it in.
Ours is handed over as a list, since few providers have a way to be told.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.consent import Withdrawn
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.state import ConsentState
from yesword.reporting import alerts
from yesword.reporting.alerts import AlertKind
from yesword.reporting.opt_outs import OURS, THEIRS, came_back, chunks, is_stopped, left, reach_of
from yesword.sending import carrier_stops
from yesword.sending.draining import drain_all
from yesword.store import contacts, suppressions
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.models import Account, AuditEntry, OptOutCheck, OptOutDifference
from yesword.store.opening import Store

LIST: Final = "carrier_list"  # the cause of a trace, and the reason of a withdrawal
_CHUNK: Final = 500
_SLICE: Final = 25  # people of one transaction: a STOP never waits for a list


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    withdrawn: int
    traced: int
    is_drained: bool


def repair(
    store: Store,
    check: OptOutCheck,
    at: datetime,
    user: int | None,
    *,
    on_machine: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> Repaired:
    """Record here what they have and we do not: a withdrawal of each person, a trace of each number that nobody has.

    To do it again does nothing twice: what somebody did meanwhile, by START too, is looked at under the lock.
    `on_machine`: who did it at the command line without an account.
    """
    wanted = OptOutDifference.objects.filter(check_of=check, side=OURS, is_settled=False).order_by("pk")
    withdrawn = traced = done = 0
    by = {"on_machine": on_machine} if on_machine else {}
    stops: list[tuple[ContactId, Withdrawn]] = []
    while rows := list(wanted[:_SLICE]):
        with store.database.write() as session:
            ended = _withdraw(store, session, rows, check, at)
            new = _trace(store, session, [each for each in rows if each.digest is not None], at)
            OptOutDifference.objects.filter(pk__in=[each.pk for each in rows]).update(is_settled=True)
            if ended or new:
                AuditEntry.objects.create(
                    user_id=user,
                    action="opt_outs.recorded",
                    subject=f"account {check.account_id}",
                    detail={"withdrawn": len(ended), "traces": new} | by,
                )
        stops += ended
        withdrawn, traced, done = withdrawn + len(ended), traced + new, done + len(rows)
        progress(done)
    return Repaired(withdrawn=withdrawn, traced=traced, is_drained=drain_all(store, stops))


def numbers_for_them(store: Store, check: OptOutCheck) -> Iterator[tuple[str, datetime | None]]:
    """Whom we have and they do not: numbers in the clear, and since when, for whoever may see them.

    Who was erased or came back since the comparison is left out.
    """
    reach = reach_of(check.account)
    rows = OptOutDifference.objects.filter(check_of=check, side=THEIRS).order_by("pk")
    for some in chunks(rows.iterator(), _CHUNK):
        ids = [ContactId(each.contact_id) for each in some if each.contact_id is not None]
        with store.database.read() as session:
            people = contacts.read_many(store, session, ids)
            states = contacts.standings(session, ids)
        for contact in ids:
            person = people.get(contact)
            if person is None or person.erased_at is not None or person.number is None:
                continue
            state = states[contact].state
            if is_stopped(state, reach.of_all[person.brand]):
                yield person.number, max((each.at for each in state.withdrawals), default=None)


def handed_over(check: OptOutCheck, user: int, rows: int) -> None:
    """The list for them was taken. Whether they entered it, the next comparison says."""
    OptOutDifference.objects.filter(check_of=check, side=THEIRS, is_settled=False).update(is_settled=True)
    AuditEntry.objects.create(
        user_id=user,
        action="opt_outs.taken_out",
        subject=f"account {check.account_id}",
        detail={"rows": rows},
    )


def tell(account: Account, check: OptOutCheck, at: datetime) -> None:
    """An alert stands for as long as something of the newest comparison is to be mended."""
    open_ = left(check)
    alerts.note(AlertKind.DRIFT, f"account {account.key}", at, is_on=bool(open_.ours or open_.theirs))


def _withdraw(
    store: Store, session: Session, rows: Sequence[OptOutDifference], check: OptOutCheck, at: datetime
) -> list[tuple[ContactId, Withdrawn]]:
    reach = reach_of(check.account)
    wanted = {ContactId(each.contact_id): each for each in rows if each.contact_id is not None}
    wanted |= _met_since(store, session, rows)
    fresh: dict[ContactId, datetime] = {}
    for contact in sorted(wanted):
        row = session.first("raise_standing", events=0, bucket=bucket_of(contact), contact_id=contact)
        if row is None:
            continue
        state = ConsentState.from_bytes(bytes(row[1]))
        reached = reach.of_all.get(BrandId(wanted[contact].brand_id), frozenset())
        said_at = wanted[contact].stopped_at or check.at
        if not is_stopped(state, reached) and not came_back(state, reached, said_at):
            fresh[contact] = min(said_at, at)
    return carrier_stops.note(store, session, fresh, at, reason=LIST, said_at=fresh)


def _met_since(
    store: Store, session: Session, rows: Sequence[OptOutDifference]
) -> dict[ContactId, OptOutDifference]:
    """Who came in since the comparison with a number that nobody had then."""
    found: dict[ContactId, OptOutDifference] = {}
    for each in rows:
        if each.digest is not None:
            digest = bytes(each.digest)
            contact = store.vault.find(BrandId(each.brand_id), PHONE, [digest]).get(digest)
            if contact is not None:
                found[contact] = each
    living = contacts.among(session, list(found))
    return {contact: each for contact, each in found.items() if contact in living}


def _trace(store: Store, session: Session, rows: Sequence[OptOutDifference], at: datetime) -> int:
    """Of numbers that nobody here has. A digest under a pepper that is no more would be found by nobody."""
    new = 0
    for each in rows:
        assert each.digest is not None
        brand, digest, pepper = BrandId(each.brand_id), bytes(each.digest), each.pepper
        if pepper not in store.look_up.versions or pepper is None:
            continue
        if suppressions.enter(session, brand, digest, pepper, LIST, at):
            suppressions.journal(store, session, brand, [digest], at, pepper=pepper)
            new += 1
    return new
