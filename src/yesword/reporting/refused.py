"""What carriers refuse or do not deliver: how many of whose texts, what their codes mean, and day by day.

Filtering and violations come first: a carrier that begins to filter a sender filters all of it. Codes and confirmations,
which answer somebody, are counted neither as texts nor as refused.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.channels.errors import CarrierError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.times import to_micros
from yesword.store import models, sent_tallies
from yesword.store.opening import Store
from yesword.telemetry.masking import mask

A_DAY: Final = timedelta(days=1)
MOST_CODES: Final = 50


class Cause(enum.StrEnum):
    """What a meaning is about, and so who can do something about it."""

    FILTERED = "filtered"
    VIOLATION = "violation"  # against a carrier's rules, or reported as spam
    SENDER = "sender"  # not registered, or not let send
    NUMBER = "number"  # nobody can be reached there
    OPTED_OUT = "opted_out"  # the carrier knew of a stop
    OTHER = "other"


GRAVE: Final = frozenset({Cause.FILTERED, Cause.VIOLATION})

CAUSES: Final[Mapping[CarrierError, Cause]] = {
    CarrierError.FILTERED: Cause.FILTERED,
    CarrierError.CARRIER_VIOLATION: Cause.VIOLATION,
    CarrierError.SPAM_REPORT: Cause.VIOLATION,
    CarrierError.INVALID_SENDER: Cause.SENDER,
    CarrierError.NOT_REGISTERED: Cause.SENDER,
    CarrierError.UNKNOWN_SUBSCRIBER: Cause.NUMBER,
    CarrierError.DEACTIVATED: Cause.NUMBER,
    CarrierError.LANDLINE: Cause.NUMBER,
    CarrierError.INVALID_NUMBER: Cause.NUMBER,
    CarrierError.OPTED_OUT: Cause.OPTED_OUT,
    CarrierError.INSUFFICIENT_FUNDS: Cause.OTHER,
    CarrierError.THROTTLED: Cause.OTHER,
    CarrierError.TEMPORARY: Cause.OTHER,
    CarrierError.CONTENT: Cause.OTHER,
    CarrierError.OTHER: Cause.OTHER,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One sender or program."""

    key: int
    name: str
    texts: int
    causes: Mapping[Cause, int]

    @property
    def grave(self) -> int:
        return sum(self.causes.get(each, 0) for each in GRAVE)

    @property
    def grave_share(self) -> float | None:
        return self.grave / self.texts if self.texts else None


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeLine:
    code: str  # the carrier's own; empty where it gave none
    meaning: CarrierError
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    since: datetime
    until: datetime
    texts: int
    meanings: Mapping[CarrierError, int]  # most first
    grave_by_day: tuple[int, ...]  # times 24 hours from `since`
    senders: tuple[Line, ...]  # the gravest first
    programs: tuple[Line, ...]
    codes: tuple[CodeLine, ...]  # most first

    @property
    def refused(self) -> int:
        return sum(self.meanings.values())

    def of(self, cause: Cause) -> int:
        return sum(number for each, number in self.meanings.items() if CAUSES[each] is cause)

    @property
    def grave(self) -> int:
        return sum(self.of(each) for each in GRAVE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """Texts that were refused alike."""

    day: int
    sender: int
    program: int | None
    meaning: CarrierError
    code: str
    count: int


def count(
    store: Store, brand: BrandId, since: datetime, until: datetime, program: ProgramId | None = None
) -> Refused:
    """Of one brand, or of one program of it, by when the texts were handed over."""
    with store.database.read() as session:
        rows = session.rows(
            "carrier_errors_between", brand_id=brand, since=to_micros(since), until=to_micros(until)
        )
        sent = session.rows(
            "texts_by_sender_between",
            brand_id=brand,
            since=sent_tallies.minute_of(since),
            until=sent_tallies.minute_from(until),
        )
    groups = [
        _Group(
            day=int(day),
            sender=sender,
            program=whose,
            meaning=meaning_of(meaning, code),
            code=mask(code),
            count=int(number),
        )
        for day, sender, whose, meaning, code, number in rows
        if program in (None, whose)
    ]
    texts = [(sender, whose, int(number)) for sender, whose, number in sent if program in (None, whose)]
    meanings, codes = Counter[CarrierError](), Counter[tuple[str, CarrierError]]()
    days = [0] * max(1, -(-(until - since) // A_DAY))
    for each in groups:
        meanings[each.meaning] += each.count
        codes[each.code, each.meaning] += each.count
        if CAUSES[each.meaning] in GRAVE:
            days[min(each.day, len(days) - 1)] += each.count
    wanted = {each.sender for each in groups} | {sender for sender, _, _ in texts}
    senders = dict(models.Sender.objects.filter(pk__in=wanted).values_list("pk", "address"))
    programs = dict(models.Program.objects.filter(brand_id=brand).values_list("pk", "key"))
    return Refused(
        since=since,
        until=until,
        texts=sum(number for _, _, number in texts),
        meanings=dict(meanings.most_common()),
        grave_by_day=tuple(days),
        senders=_lines(
            senders,
            ((sender, number) for sender, _, number in texts),
            ((each.sender, each) for each in groups),
        ),
        programs=_lines(
            programs,
            ((whose, number) for _, whose, number in texts),
            ((each.program or 0, each) for each in groups),
        ),
        codes=tuple(
            CodeLine(code=code, meaning=meaning, count=number)
            for (code, meaning), number in codes.most_common(MOST_CODES)
        ),
    )


def meaning_of(meaning: str | None, code: str) -> CarrierError:
    """As it was written down; where it was not, some codes are meanings themselves."""
    try:
        return CarrierError(meaning or code)
    except ValueError:
        return CarrierError.OTHER


def _lines(
    names: Mapping[int, str], texts: Iterable[tuple[int, int]], groups: Iterable[tuple[int, _Group]]
) -> tuple[Line, ...]:
    """What sent nothing and was refused nothing is left out; what is gone is called by its number."""
    sent = Counter[int]()
    causes: dict[int, Counter[Cause]] = {}
    for key, number in texts:
        sent[key] += number
    for key, group in groups:
        causes.setdefault(key, Counter())[CAUSES[group.meaning]] += group.count
    lines = [
        Line(key=key, name=names.get(key, str(key)), texts=sent[key], causes=dict(causes.get(key, Counter())))
        for key in (sent.keys() | causes.keys()) - {0}
    ]
    return tuple(
        sorted(lines, key=lambda each: (-each.grave, -sum(each.causes.values()), -each.texts, each.key))
    )


COLUMNS: Final = ("about", "which", "texts", "refused", *(each.value for each in Cause))


def as_rows(found: Refused) -> list[dict[str, str | int | None]]:
    """Every figure as a row of its own, for files and programs."""
    whole = {cause: found.of(cause) for cause in Cause}
    rows = [_row("all", "", found.texts, found.refused, whole)]
    for day, number in enumerate(found.grave_by_day):
        date = (found.since + day * A_DAY).astimezone(UTC).date().isoformat()
        rows.append(_row("day_filtered_or_violating", date, None, number, {}))
    rows += [
        _row("meaning", meaning.value, None, number, {CAUSES[meaning]: number})
        for meaning, number in found.meanings.items()
    ]
    for about, lines in (("sender", found.senders), ("program", found.programs)):
        rows += [_row(about, each.name, each.texts, sum(each.causes.values()), each.causes) for each in lines]
    rows += [
        _row("code", each.code or "none", None, each.count, {CAUSES[each.meaning]: each.count})
        for each in found.codes
    ]
    return rows


def _row(
    about: str, which: str, texts: int | None, refused: int, causes: Mapping[Cause, int]
) -> dict[str, str | int | None]:
    return {"about": about, "which": which, "texts": texts, "refused": refused} | {
        each.value: causes.get(each, 0) for each in Cause
    }
