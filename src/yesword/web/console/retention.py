"""What goes by itself, on the page about privacy: when the retention job ran last, and what it would let go now."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.privacy import retaining
from yesword.store import models
from yesword.web.installation import store

_LATE: Final = timedelta(days=2)  # it is to run once a day
_PATIENCE_S: Final = 8.0  # of somebody who waits for a page
_WORDS: Final[Mapping[str, Promise]] = {
    "finished": gettext_lazy("Erasures that had been begun"),
    "holds_ended": gettext_lazy("People whose proof need not be kept any longer"),
    "addresses": gettext_lazy("Shortened IP addresses"),
    "files": gettext_lazy("Files that back the record"),
    "uploads": gettext_lazy("Files left by imports, such as rejected rows"),
    "inbound_texts": gettext_lazy("Texts from people that prove nothing"),
    "sent_texts": gettext_lazy("Texts to people"),
    "lapsed": gettext_lazy("People who signed up and never said yes"),
    "erased": gettext_lazy("People of whom nothing was heard for long"),
    "kept": gettext_lazy("Silent people who stay, since their proof is still needed"),
    "still_sending": gettext_lazy("People who are still being texted"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    label: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LastRun:
    """`started_at` is None where it never ran."""

    started_at: datetime | None
    ended_at: datetime | None
    is_late: bool
    counts: Sequence[Count]


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    counts: Sequence[Count]
    is_whole: bool  # False: only what was counted in so short a time


def would_go(at: datetime) -> DryRun:
    """What would go now, as far as that is counted before somebody tires of waiting. Nothing goes."""
    until = time.monotonic() + _PATIENCE_S
    done = retaining.run(store(), at, is_dry_run=True, is_stopped=lambda: time.monotonic() > until)
    return DryRun(counts=counted(done.counts), is_whole=done.is_done)


def last_run(at: datetime) -> LastRun:
    row = models.RetentionRun.objects.order_by("-pk").first()
    if row is None:
        return LastRun(started_at=None, ended_at=None, is_late=True, counts=())
    return LastRun(
        started_at=row.started_at,
        ended_at=row.ended_at,
        is_late=at - row.started_at > _LATE,
        counts=counted(row.counts),
    )


def counted(counts: Mapping[str, int]) -> list[Count]:
    """In words, and only what there was anything of."""
    return [
        Count(label=str(_WORDS.get(name, name)), count=number) for name, number in counts.items() if number
    ]
