"""Pauses and warnings in words: what is held, by which figures, and where one goes to resume it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yesword.domain.ids import ProgramId
from yesword.domain.thresholds import WHOLE, Level, Measure, Watched
from yesword.reporting import watching
from yesword.store import models, programs
from yesword.store.models import SendingAlarm
from yesword.web import parts
from yesword.web.formats import count

_PAUSED: Final[Mapping[Watched, Promise]] = {
    Watched.CAMPAIGN: gettext_lazy("The campaign “%(name)s” is paused by itself."),
    Watched.PROGRAM: gettext_lazy("The program %(name)s is paused by itself."),
    Watched.SENDER: gettext_lazy("The number %(name)s is paused by itself, with every program on it."),
}
_WARNED: Final[Mapping[Watched, Promise]] = {
    Watched.CAMPAIGN: gettext_lazy("The campaign “%(name)s” comes close to a pause."),
    Watched.PROGRAM: gettext_lazy("The program %(name)s comes close to a pause."),
    Watched.SENDER: gettext_lazy("The number %(name)s comes close to a pause, with every program on it."),
}
_WHATS: Final[Mapping[Watched, Promise]] = {
    Watched.CAMPAIGN: gettext_lazy("The campaign “%(name)s”"),
    Watched.PROGRAM: gettext_lazy("The program %(name)s"),
    Watched.SENDER: gettext_lazy("The number %(name)s"),
}
_MEASURES: Final[Mapping[Measure, Promise]] = {
    Measure.OPT_OUTS: gettext_lazy(
        "Of %(texts)s texts, %(count)s led to people leaving: %(share)s %%, and %(limit)s %% is the threshold."
    ),
    Measure.ERRORS: gettext_lazy(
        "Of %(texts)s texts, %(count)s did not arrive: %(share)s %%, and %(limit)s %% is the threshold."
    ),
    Measure.COMPLAINTS: gettext_lazy(
        "Of %(texts)s texts, %(count)s led to complaints: %(share)s %%, and %(limit)s %% is the threshold."
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseLine:
    """One pause that stands, or that is over."""

    what: str
    title: str
    figures: str
    began_at: datetime
    counted_since: datetime
    resume_url: str
    ended_at: datetime | None
    ended_by: str
    reason: str


def names_of(rows: Sequence[SendingAlarm]) -> Mapping[tuple[str, int], str]:
    """What is held, as people call it: a campaign's or a program's name, a number's address."""
    tables = (
        (Watched.CAMPAIGN, models.Campaign.objects, "name"),
        (Watched.SENDER, models.Sender.objects, "address"),
    )
    found = {
        (each.watched, each.key): programs.current(ProgramId(each.key)).name
        for each in rows
        if each.watched == Watched.PROGRAM.value
    }
    for watched, table, column in tables:
        keys = [each.key for each in rows if each.watched == watched.value]
        for pk, name in table.filter(pk__in=keys).values_list("pk", column) if keys else ():
            found[watched.value, pk] = str(name)
    return found


def line_of(row: SendingAlarm, names: Mapping[tuple[str, int], str]) -> PauseLine:
    return PauseLine(
        what=_filled(_WHATS, row, names),
        title=title_of(row, names),
        figures=figures_of(row),
        began_at=row.began_at,
        counted_since=row.counted_since,
        resume_url=reverse("console:pause-resume", args=[row.pk]),
        ended_at=row.ended_at,
        ended_by=str(row.ended_by) if row.ended_by else "",
        reason=row.reason,
    )


def title_of(row: SendingAlarm, names: Mapping[tuple[str, int], str]) -> str:
    words = _PAUSED if row.level == Level.PAUSE.value else _WARNED
    return _filled(words, row, names)


def _filled(words: Mapping[Watched, Promise], row: SendingAlarm, names: Mapping[tuple[str, int], str]) -> str:
    return str(words[Watched(row.watched)]) % {"name": names.get((row.watched, row.key), str(row.key))}


def figures_of(row: SendingAlarm) -> str:
    measure = Measure(row.measure)
    return str(_MEASURES[measure]) % {
        "texts": count(row.texts),
        "count": count(getattr(row, measure.value)),
        "share": percent(watching.share_of(row)),
        "limit": percent(row.threshold * 100 / WHOLE),
    }


def percent(share: float) -> str:
    """`3`, `12.5` or `0.25`, as the reader's language writes it."""
    text = f"{share:.2f}".rstrip("0").rstrip(".")
    return formats.number_format(text, len(text.partition(".")[2]))


def notices() -> list[parts.Notice]:
    """Pauses that stand, and warnings, for whoever opens the console. Of all brands, as a number may be shared."""
    paused, warned = watching.standing(), watching.standing(Level.WARN)
    names = names_of([*paused, *warned])
    found = [pause_notice(each, names) for each in paused]
    if warned:
        rest = len(warned) - 1
        more = ngettext("%(shown)s more comes close, too.", "%(shown)s more come close, too.", rest)
        found.append(
            parts.Notice(
                tone="amber",
                title=title_of(warned[0], names),
                text=figures_of(warned[0]) + (" " + more % {"shown": count(rest)} if rest else ""),
                url=reverse("console:leaving"),
                url_label=_("See who leaves"),
            )
        )
    return found


def pause_notice(row: SendingAlarm, names: Mapping[tuple[str, int], str]) -> parts.Notice:
    return parts.Notice(
        tone="brick",
        title=title_of(row, names),
        text=f"{figures_of(row)} {_('What was queued waits, and nothing is lost.')}",
        url=f"{reverse('console:leaving')}#pauses",
        url_label=_("See why, and resume with a reason"),
    )
