"""One call of another system, whole: each person's answers, and the order or application that texts may inform about.

Consent and order are apart: neither follows from the other. Told again, a call is the same call, and nothing happens.
"""

from collections.abc import Sequence
from datetime import datetime

from yesword.collect import hearsay, triggers
from yesword.collect.hearsay import NOTHING, Heard
from yesword.collect.joining import NobodyThereError
from yesword.collect.sources import Source
from yesword.domain.collecting.hooks import Course, Told, Wish
from yesword.store.opening import Store


def take(store: Store, source: Source, told: Sequence[Told], delivery: str, at: datetime) -> Heard:
    """Take what one call tells. Told again under the same `delivery`, it is the same call, and nothing happens; an end is
    only waited for once more.
    """
    heard = NOTHING
    for index, each in enumerate(told):
        heard += _take_again(store, source, each, f"{delivery}:{index}" if delivery else "", at)
    return heard


def _take_again(store: Store, source: Source, told: Told, delivery: str, at: datetime) -> Heard:
    try:
        return _take(store, source, told, delivery, at)
    except NobodyThereError:  # they were erased in between, and are nobody now
        return _take(store, source, told, delivery, at)


def _take(store: Store, source: Source, told: Told, delivery: str, at: datetime) -> Heard:
    number = hearsay.number_of(source, told)
    opens = told.course is Course.OPENS and source.informs is not None
    person = None
    if number is not None and (opens or {Wish.YES, Wish.ENDED} & {told.wish, told.general}):
        person = hearsay.person_for(store, source, told, number, at)
    with store.database.write() as session:
        is_new = not delivery or hearsay.is_new(session, source, f"call:{delivery}", at)
        heard = NOTHING
        if told.course is Course.CLOSES:
            heard = Heard(closed=triggers.close_trigger(store, session, source, told, at))
        if number is None:
            return heard
        if not is_new:
            return heard + hearsay.hear_again(store, session, source, told, number)
        for point, wish in ((source.point, told.wish), (source.general, told.general)):
            if point is not None:
                heard += hearsay.hear(store, session, source, point, told, wish, number, person, at)
        if opens:
            triggers.open_trigger(store, session, source, told, number, person, at)
    return heard
