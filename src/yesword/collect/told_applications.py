"""Applications for a job as another system tells of them: the question about this one, then the one about others.

Each has a program and an event of its own. The application itself is what texts may inform about until it is closed;
that is neither answer's doing. Our own application form is in `applications`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from yesword.collect import calls
from yesword.collect.hearsay import Heard
from yesword.collect.sources import Source
from yesword.domain.collecting.hooks import Told, Wish
from yesword.store.opening import Store


def take(store: Store, source: Source, told: Sequence[Told], delivery: str, at: datetime) -> Heard:
    """The general question comes after the specific one: a yes to it alone is no yes to what was not wanted for one job."""
    return calls.take(store, source, [_in_order(each) for each in told], delivery, at)


def _in_order(told: Told) -> Told:
    return told if told.wish is Wish.YES else replace(told, general=Wish.UNSAID)
