"""What is paused because of how people took it, as every claim asks for it; and where a pause keeps its texts.

Which figures lead to a pause is `reporting.watching`; what a pause means for a text, the gate says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.facts import PauseFact
from yesword.domain.thresholds import Level, Watched
from yesword.domain.times import from_micros
from yesword.store.models import SendingAlarm

FAR: Final = 1 << 52
"""The due time, in microseconds, of a campaign's texts that was paused by hand; those that a pause of ours holds stand behind
it, and those of held accounts and brands far behind these: see `holds`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    id: int
    watched: Watched
    key: int
    began_at: datetime

    @property
    def fact(self) -> PauseFact:
        return PauseFact(of=self.watched.value, since=self.began_at)

    @property
    def held_until(self) -> datetime:
        """The due time of what it holds back: its own, so that resuming finds those texts and no others."""
        return from_micros(FAR + self.id)


Standing = Mapping[tuple[Watched, int], Pause]


def standing() -> Standing:
    """Every pause that stands. There are few."""
    rows = SendingAlarm.objects.filter(level=Level.PAUSE.value, ended_at=None)
    return {
        (Watched(watched), key): Pause(id=pk, watched=Watched(watched), key=key, began_at=began_at)
        for pk, watched, key, began_at in rows.values_list("pk", "watched", "key", "began_at")
    }


def touching(found: Standing, *, campaign: int | None, program: int, sender: int) -> tuple[Pause, ...]:
    """Those that hold back such a text, the narrowest first."""
    if not found:
        return ()
    keys = ((Watched.CAMPAIGN, campaign), (Watched.PROGRAM, program), (Watched.SENDER, sender))
    return tuple(found[watched, key] for watched, key in keys if key is not None and (watched, key) in found)
