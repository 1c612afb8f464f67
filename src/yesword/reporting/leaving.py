"""Who leaves: how many in a span of days, why, from where they had come, after which text, by which way, and how soon.

Counted from one row a withdrawal, by an index on the brand and the day: people who stay cost nothing. Nobody is named.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from yesword.domain.ids import BrandId, ProgramId, stamp_at
from yesword.domain.thresholds import Watched
from yesword.domain.times import EPOCH, to_micros
from yesword.store import models, sent_tallies
from yesword.store.database import Row, Session
from yesword.store.departures import Way
from yesword.store.leave_answers import LeaveReason
from yesword.store.opening import Store

A_DAY: Final = timedelta(days=1)
MOST_CAMPAIGNS: Final = 50
_BRAND: Final = "brand"
_COLUMNS: Final = (Watched.PROGRAM.value, Watched.CAMPAIGN.value)  # of a row of figures, in this order
# People who left after a text of the span, and how often they did: by what texts are told apart, and its key.
_After = Mapping[str, Mapping[int, tuple[int, int]]]


class Stay(enum.IntEnum):
    """How long somebody had been in."""

    SAME_DAY = 0
    A_WEEK = 1  # the second to the seventh day
    A_MONTH = 2
    THREE_MONTHS = 3
    LONGER = 4


EARLY: Final = frozenset({Stay.SAME_DAY, Stay.A_WEEK})


class SourceKind(enum.StrEnum):
    POINT = "point"
    HOOK = "hook"  # another system that tells us
    IMPORT = "import"
    ROUTE = "route"  # nothing nearer is known than how the consent came


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Source:
    """Where somebody had come from. `name` as people call it; of a route its word."""

    kind: SourceKind
    key: int = 0
    tag: str = ""  # of the link that led to the point
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine:
    source: Source
    left: int
    early: int  # within a week of joining
    joined: int | None  # in the same span; None: not counted for such a source

    @property
    def early_share(self) -> float | None:
        """Of those who came in the span; None where it would say nothing."""
        return self.early / self.joined if self.joined and self.early <= self.joined else None


@dataclass(frozen=True, kw_only=True, slots=True)
class SentLine:
    """One program or campaign: what it sent in the span, and how people took it."""

    key: int
    name: str
    texts: int
    left: int
    after: int  # people who left after one of these texts
    complaints: int
    errors: int

    @property
    def after_share(self) -> float | None:
        """Of the texts, as the thresholds have it."""
        return self.after / self.texts if self.texts else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """`left` of them all; a share is only of those who left after a text of the same days, since others left by none of them."""

    since: datetime
    until: datetime
    left: int
    after: int
    untexted: int  # the text that they had got last, if any, is not of these days
    texts: int
    complaints: int
    errors: int
    by_day: tuple[int, ...]  # times 24 hours from `since`
    reasons: Mapping[LeaveReason | None, int]  # None: they said nothing
    ways: Mapping[Way, int]
    stays: Mapping[Stay, int]
    sources: tuple[SourceLine, ...]  # where most left first
    programs: tuple[SentLine, ...]
    campaigns: tuple[SentLine, ...]

    @property
    def after_share(self) -> float | None:
        return self.after / self.texts if self.texts else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """People who left alike."""

    program: int | None
    campaign: int | None
    way: Way
    reason: LeaveReason | None
    stay: Stay
    count: int


def count(
    store: Store, brand: BrandId, since: datetime, until: datetime, program: ProgramId | None = None
) -> Leaving:
    """Of one brand, or of one program of it: who left by its texts, or who left it."""
    names = _Names(brand)
    asked = {"brand_id": brand, "since": to_micros(since), "until": to_micros(until)}
    with store.database.read() as session:
        rows = session.rows("departures_between", **asked)
        groups = [_group(row) for row in rows if program in (None, row[0])]
        origins = session.rows("departures_by_origin", **asked, program_id=program or 0)
        days = session.rows("departures_by_day", **asked, program_id=program or 0)
        first = sent_tallies.whole_from(since, until)
        sent = _by_program(_texts(session, brand, first, until), program)
        after = _after(session, asked | {"handed": first * 60_000_000, "program_id": program or 0})
        errors = _by_program(session.rows("astray_between", **asked), program)
        complaints = _by_program(session.rows("complaints_between", stamp=stamp_at(since), **asked), program)
        joined = _joined(session, brand, since, until, names) if program is None else {}
    left = sum(each.count for each in groups)
    people, departures = after[_BRAND].get(0, (0, 0))
    return Leaving(
        since=since,
        until=until,
        left=left,
        after=people,
        untexted=left - departures,
        texts=_sum(sent),
        complaints=_sum(complaints),
        errors=_sum(errors),
        by_day=_days(days, since, until),
        reasons=_tally((each.reason, each.count) for each in groups),
        ways=_tally((each.way, each.count) for each in groups),
        stays=_tally((each.stay, each.count) for each in groups),
        sources=_sources(origins, joined, names, is_whole=program is None),
        programs=_lines(names.programs, 0, sent, groups, after, complaints, errors),
        campaigns=_lines(names.campaigns, 1, sent, groups, after, complaints, errors)[:MOST_CAMPAIGNS],
    )


class _Names:
    """What the keys in the rows are called."""

    def __init__(self, brand: BrandId) -> None:
        self.programs = dict(models.Program.objects.filter(brand_id=brand).values_list("pk", "key"))
        self.campaigns = dict(models.Campaign.objects.filter(brand_id=brand).values_list("pk", "name"))
        self._points = dict(models.CollectionPoint.objects.filter(brand_id=brand).values_list("pk", "name"))
        self._imports = dict(models.ImportRun.objects.filter(brand_id=brand).values_list("pk", "file_name"))
        hooks = models.HookSource.objects.filter(brand_id=brand)
        self._hooks = dict(hooks.values_list("pk", "name"))
        tags = models.SourceTag.objects.filter(point__brand_id=brand)
        self._tags = dict(tags.values_list("code", "label"))
        # Whoever came by another system counts at the point that it speaks for, under a tag that names the system.
        for key, provider, name in hooks.values_list("pk", "provider", "name"):
            self._tags[f"{provider}-{key}"] = name

    def origin(self, origin: str) -> Source:
        """As `store.departures` writes it."""
        kind, _, rest = origin.partition(":")
        if kind == "point":
            key, _, tag = rest.partition(":")
            return self.point(int(key), tag)
        if kind == "hook":
            return self.hook(int(rest))
        return self.file(int(rest)) if kind == "import" else Source(kind=SourceKind.ROUTE, name=rest)

    def point(self, key: int, tag: str) -> Source:
        name = self._points.get(key, str(key))
        label = self._tags.get(tag, tag)
        return Source(kind=SourceKind.POINT, key=key, tag=tag, name=f"{name} · {label}" if label else name)

    def hook(self, key: int) -> Source:
        return Source(kind=SourceKind.HOOK, key=key, name=self._hooks.get(key, str(key)))

    def file(self, key: int) -> Source:
        return Source(kind=SourceKind.IMPORT, key=key, name=self._imports.get(key, str(key)))


def _group(row: Row) -> _Group:
    program, campaign, way, reason, stay, number = row
    return _Group(
        program=program,
        campaign=campaign,
        way=Way(way),
        reason=LeaveReason(reason) if reason else None,
        stay=Stay(stay),
        count=int(number),
    )


def _texts(session: Session, brand: BrandId, first: int, until: datetime) -> list[Row]:
    rows = session.rows("texts_between", brand_id=brand, since=first, until=sent_tallies.minute_from(until))
    return [(program or None, campaign or None, number) for program, campaign, number in rows]


def _after(session: Session, asked: Mapping[str, int]) -> _After:
    return {
        each: {
            key: (int(people), int(departures))
            for key, people, departures in session.rows("departed_after_texts", **asked, watched=each)
        }
        for each in (*_COLUMNS, _BRAND)
    }


def _by_program(rows: Iterable[Row], program: ProgramId | None) -> list[Row]:
    return [row for row in rows if program in (None, row[0])]


def _joined(
    session: Session, brand: BrandId, since: datetime, until: datetime, names: _Names
) -> dict[Source, int]:
    span = {"brand_id": brand, "since": (since - EPOCH) // A_DAY, "until": -(-(until - EPOCH) // A_DAY)}
    found = {
        names.point(point, tag): int(number) for point, tag, number in session.rows("joined_by_point", **span)
    }
    runs = models.ImportRun.objects.filter(brand_id=brand, received_at__gte=since, received_at__lt=until)
    wanted = list(runs.values_list("pk", flat=True))
    for run, number in session.rows("joined_by_import", ids=session.ids(wanted)) if wanted else ():
        found[names.file(run)] = int(number)
    hooks = session.rows("joined_by_hook", brand_id=brand, since=to_micros(since), until=to_micros(until))
    for hook, number in hooks:
        found[names.hook(hook)] = int(number)
    return found


def _sources(
    origins: Iterable[Row], joined: Mapping[Source, int], names: _Names, *, is_whole: bool
) -> tuple[SourceLine, ...]:
    left, early = Counter[Source](), Counter[Source]()
    for origin, is_early, number in origins:
        source = names.origin(origin)
        left[source] += int(number)
        early[source] += int(number) if is_early else 0
    lines = [
        SourceLine(
            source=source,
            left=left[source],
            early=early[source],
            joined=joined.get(source, 0) if is_whole and source.kind is not SourceKind.ROUTE else None,
        )
        for source in left.keys() | joined.keys()
    ]
    return tuple(sorted(lines, key=lambda each: (-each.left, each.source)))


def _lines(
    names: Mapping[int, str],
    column: int,
    sent: Sequence[Row],
    groups: Sequence[_Group],
    after: _After,
    complaints: Sequence[Row],
    errors: Sequence[Row],
) -> tuple[SentLine, ...]:
    """`column`: 0 of programs, 1 of campaigns. What sent nothing and lost nobody is left out."""
    departed = [(each.program, each.campaign, each.count) for each in groups]
    texts, left, complained, astray = (_of(rows, column) for rows in (sent, departed, complaints, errors))
    lines = [
        SentLine(
            key=key,
            name=names[key],
            texts=texts[key],
            left=left[key],
            after=after[_COLUMNS[column]].get(key, (0, 0))[0],
            complaints=complained[key],
            errors=astray[key],
        )
        for key in names.keys() & (texts.keys() | left.keys() | complained.keys())
    ]
    return tuple(sorted(lines, key=lambda each: (-each.left, -each.texts, each.key)))


def _of(rows: Iterable[Row], column: int) -> Counter[int]:
    found = Counter[int]()
    for row in rows:
        if row[column] is not None:
            found[row[column]] += int(row[2])
    return found


def _sum(rows: Iterable[Row]) -> int:
    return sum(int(row[2]) for row in rows)


Key = TypeVar("Key")


def _tally(pairs: Iterable[tuple[Key, int]]) -> Mapping[Key, int]:
    found = Counter[Key]()
    for key, number in pairs:
        found[key] += number
    return dict(found.most_common())


def _days(rows: Iterable[Row], since: datetime, until: datetime) -> tuple[int, ...]:
    days = [0] * max(1, -(-(until - since) // A_DAY))
    for day, number in rows:
        days[min(int(day), len(days) - 1)] += int(number)
    return tuple(days)


def as_rows(found: Leaving) -> list[dict[str, str | int | None]]:
    """Every figure as a row of its own, for files and programs: what it is about, which, and the numbers."""
    lines: list[dict[str, str | int | None]] = [
        _line(
            "all",
            "",
            found.left,
            after=found.after,
            texts=found.texts,
            complaints=found.complaints,
            errors=found.errors,
        )
    ]
    for day, number in enumerate(found.by_day):
        lines.append(_line("day", (found.since + day * A_DAY).astimezone(UTC).date().isoformat(), number))
    lines += [_line("reason", reason or "not_said", number) for reason, number in found.reasons.items()]
    lines += [_line("way", way.value, number) for way, number in found.ways.items()]
    lines += [_line("stay", stay.name.lower(), number) for stay, number in sorted(found.stays.items())]
    lines += [
        _line(each.source.kind.value, each.source.name, each.left, early=each.early, joined=each.joined)
        for each in found.sources
    ]
    for what, sent in (("program", found.programs), ("campaign", found.campaigns)):
        lines += [
            _line(
                what,
                each.name,
                each.left,
                after=each.after,
                texts=each.texts,
                complaints=each.complaints,
                errors=each.errors,
            )
            for each in sent
        ]
    return lines


COLUMNS: Final = (
    "about",
    "which",
    "left",
    "left_after_a_text",
    "left_within_a_week",
    "joined",
    "texts",
    "complaints",
    "errors",
)


def _line(
    about: str,
    which: str,
    left: int,
    *,
    after: int | None = None,
    early: int | None = None,
    joined: int | None = None,
    texts: int | None = None,
    complaints: int | None = None,
    errors: int | None = None,
) -> dict[str, str | int | None]:
    row = (about, str(which), left, after, early, joined, texts, complaints, errors)
    return dict(zip(COLUMNS, row, strict=True))
