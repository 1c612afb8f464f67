"""A provider's own list of opt-outs beside ours: where the two differ. What mends it is in `opt_out_mending`.

Theirs holds for what texts come from: an account, or one of its senders. So it speaks for the brands that text from there,
and for no other. Numbers stand in no row: a difference names a contact, or a keyed digest of a number that nobody here has.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, ProgramId
from yesword.domain.state import ConsentState
from yesword.reporting import exclusions
from yesword.reporting.exclusions import Stands, Wanted
from yesword.store import contacts, suppressions
from yesword.store.contacts import PHONE
from yesword.store.models import (
    Account,
    AuditEntry,
    FurtherSender,
    OptOutCheck,
    OptOutDifference,
    Program,
    Sender,
)
from yesword.store.opening import Store

PULLED: Final = "pulled"
FILE: Final = "file"
OURS: Final = OptOutDifference.Side.OURS
THEIRS: Final = OptOutDifference.Side.THEIRS
_CHUNK: Final = 500
T = TypeVar("T")


class NobodyTextsFromItError(YeswordError):
    """No program texts from a sender of the account {account}, so its opt-outs are about nobody's texts."""

    code = "opt_outs_without_programs"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OptOut:
    """One entry of a provider's list. `sender`: whose texts the number does not want; empty: the account's."""

    number: str  # E.164
    sender: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What is still to be mended of the newest comparison."""

    ours: int
    ours_known: int  # of those, how many are people that we know
    theirs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Which programs of which brands text from a sender of the account, or from any of them."""

    of_all: Mapping[BrandId, frozenset[ProgramId]]
    of_sender: Mapping[str, Mapping[BrandId, frozenset[ProgramId]]]

    def of(self, sender: str) -> Mapping[BrandId, frozenset[ProgramId]]:
        """What it names may be no sender of ours, such as a messaging service: then the account's."""
        return self.of_sender.get(_bare(sender), self.of_all) if sender else self.of_all


def compare(
    store: Store,
    account: Account,
    entries: Iterable[OptOut],
    at: datetime,
    *,
    source: str,
    user: int | None = None,
    unread: Callable[[], int] = lambda: 0,
    progress: Callable[[int], None] = lambda _: None,
) -> OptOutCheck:
    """Hold their list against ours, and keep where they differ. Nothing else is changed.

    `unread` is asked at the end how many lines could not be read. Raises NobodyTextsFromItError.
    """
    reach = reach_of(account)
    if not reach.of_all:
        raise NobodyTextsFromItError(account=account.key)
    found = _Found(store=store)
    for some in chunks(entries, _CHUNK):
        for brand, asked in _by_brand(some, reach).items():
            found.take(brand, asked)
        found.listed += len(some)
        progress(found.listed)
    theirs = list(_missing_there(store, reach.of_all, found.people))
    check = OptOutCheck.objects.create(
        account=account,
        at=at,
        source=source,
        by_id=user,
        listed=found.listed,
        unread=unread(),
        agreed=found.agreed,
        came_back=found.came_back,
    )
    rows = [*found.differences, *theirs]
    for each in rows:
        each.check_of = check
    for start in range(0, len(rows), _CHUNK):
        with store.database.write():
            OptOutDifference.objects.bulk_create(rows[start : start + _CHUNK])
    with store.database.write():
        OptOutDifference.objects.filter(check_of__account=account).exclude(check_of=check).delete()
        detail = {"source": source, "ours": len(found.differences), "theirs": len(theirs)}
        AuditEntry.objects.create(
            user_id=user, action="opt_outs.compared", subject=f"account {account.pk}", detail=detail
        )
    return check


def newest(account: Account) -> OptOutCheck | None:
    """The last one that was made."""
    return OptOutCheck.objects.filter(account=account, trouble="").order_by("-pk").first()


def left(check: OptOutCheck) -> Left:
    rows = OptOutDifference.objects.filter(check_of=check, is_settled=False)
    ours = rows.filter(side=OURS)
    return Left(
        ours=ours.count(),
        ours_known=ours.filter(contact_id__isnull=False).count(),
        theirs=rows.filter(side=THEIRS).count(),
    )


# --- what they have ------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class _Found:
    """What a comparison has found so far."""

    store: Store
    listed: int = 0
    agreed: int = 0
    came_back: int = 0

    def __post_init__(self) -> None:
        self.people: set[ContactId] = set()  # whom they have
        self.differences: list[OptOutDifference] = []
        self._traced: set[tuple[BrandId, str]] = set()

    def take(self, brand: BrandId, asked: Sequence[tuple[OptOut, frozenset[ProgramId]]]) -> None:
        numbers = [each.number for each, _ in asked]
        with self.store.database.read() as session:
            known = contacts.find_many(self.store, session, brand, numbers)
            traces = suppressions.find(
                self.store, session, brand, [each for each in numbers if each not in known]
            )
            states = contacts.standings(session, known.values())
        for entry, reached in asked:
            contact = known.get(entry.number)
            if contact is None:
                self._stranger(brand, entry, is_kept_out=entry.number in traces)
            elif contact in self.people:
                continue
            else:
                self.people.add(contact)
                self._person(brand, contact, entry, states[contact].state, reached)

    def _stranger(self, brand: BrandId, entry: OptOut, *, is_kept_out: bool) -> None:
        if (brand, entry.number) in self._traced:
            return
        self._traced.add((brand, entry.number))
        if is_kept_out:
            self.agreed += 1
            return
        look_up = self.store.look_up
        self.differences.append(
            OptOutDifference(
                brand_id=brand,
                side=OURS,
                digest=look_up.digest(brand, PHONE, entry.number),
                pepper=look_up.newest,
                stopped_at=entry.at,
            )
        )

    def _person(
        self,
        brand: BrandId,
        contact: ContactId,
        entry: OptOut,
        state: ConsentState,
        reached: frozenset[ProgramId],
    ) -> None:
        if is_stopped(state, reached):
            self.agreed += 1
        elif came_back(state, reached, entry.at):
            self.came_back += 1
        else:
            self.differences.append(
                OptOutDifference(brand_id=brand, side=OURS, contact_id=contact, stopped_at=entry.at)
            )


def is_stopped(state: ConsentState, reached: Collection[ProgramId]) -> bool:
    """Whether nothing of these programs may go, as a stop says. Where nothing was ever said, nothing was stopped."""
    if state.is_erased or state.invalid_since is not None:
        return True
    return all(state.withdrawal_for(each) is not None for each in reached)


def came_back(state: ConsentState, reached: Collection[ProgramId], stopped_at: datetime | None) -> bool:
    """Whether their own handset said yes to us after they had said no to the provider.

    A list without dates does not say which was last; a START that went through the provider had lifted its block, so
    that one that still stands is taken for the newer word.
    """
    if stopped_at is None:
        return False
    grants = [state.grant_for(each) for each in reached]
    return any(each is not None and each.is_confirmed and each.since > stopped_at for each in grants)


def _by_brand(
    entries: Sequence[OptOut], reach: Reach
) -> dict[BrandId, list[tuple[OptOut, frozenset[ProgramId]]]]:
    found: dict[BrandId, list[tuple[OptOut, frozenset[ProgramId]]]] = {}
    for entry in entries:
        for brand, reached in reach.of(entry.sender).items():
            found.setdefault(brand, []).append((entry, reached))
    return found


def reach_of(account: Account) -> Reach:
    senders = dict(Sender.objects.filter(account=account).values_list("pk", "address"))
    pairs = [
        *Program.objects.filter(sender_id__in=senders).values_list("sender_id", "brand_id", "pk"),
        *FurtherSender.objects.filter(sender_id__in=senders).values_list(
            "sender_id", "program__brand_id", "program_id"
        ),
    ]
    of_all: dict[BrandId, set[ProgramId]] = {}
    of_sender: dict[str, dict[BrandId, set[ProgramId]]] = {}
    for sender, brand, program in pairs:
        of_all.setdefault(BrandId(brand), set()).add(ProgramId(program))
        own = of_sender.setdefault(_bare(senders[sender]), {})
        own.setdefault(BrandId(brand), set()).add(ProgramId(program))
    return Reach(
        of_all={brand: frozenset(each) for brand, each in of_all.items()},
        of_sender={
            sender: {brand: frozenset(each) for brand, each in own.items()}
            for sender, own in of_sender.items()
        },
    )


def _bare(address: str) -> str:
    """A sender as lists write it: with a plus or without."""
    return address.strip().removeprefix("+").casefold()


# --- what we have --------------------------------------------------------------------------------------------


def _missing_there(
    store: Store, reach: Mapping[BrandId, frozenset[ProgramId]], listed: Collection[ContactId]
) -> Iterator[OptOutDifference]:
    """Who has stopped all that comes from this account. A stop of one program of several is for us alone to keep:
    their block would end the others, too.
    """
    for brand, reached in reach.items():
        seen: set[ContactId] = set()
        stands = (Stands.STANDS, Stands.PARTLY)
        lines = (
            each.person.id
            for each in exclusions.every(store, brand, Wanted())
            if each.stands in stands and each.person.number is not None and each.person.erased_at is None
        )
        for some in chunks(lines, _CHUNK):
            fresh = [each for each in dict.fromkeys(some) if each not in seen and each not in listed]
            seen.update(fresh)
            with store.database.read() as session:
                states = contacts.standings(session, fresh)
            for contact in fresh:
                if _is_ours_to_tell(states[contact].state, reached):
                    yield OptOutDifference(brand_id=brand, side=THEIRS, contact_id=contact)


def _is_ours_to_tell(state: ConsentState, reached: Collection[ProgramId]) -> bool:
    """A number that changed hands is not theirs to block: whoever has it now may want to join."""
    return state.invalid_since is None and not state.is_erased and is_stopped(state, reached)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    found = iter(items)
    while some := list(islice(found, size)):
        yield some
