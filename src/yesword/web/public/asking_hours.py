"""What a page says of the hour: when the text that asks will come, told without a number and without knowing anybody."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.utils.translation import gettext as _

from yesword.collect import forms
from yesword.collect.forms import Next
from yesword.collect.points import Point
from yesword.domain.phone import PhoneNumber
from yesword.domain.times import from_micros, to_micros
from yesword.sending.question_hours import AskingTime, asking_time
from yesword.web.installation import scales, store

_SALT: Final = "yesword.web.public.asking_hours"
_AT_ONCE: Final = timedelta(minutes=2)


def asking_time_of(point: Point, number: PhoneNumber, at: datetime) -> AskingTime | None:
    """When the text goes that asks; None where the point asks by none."""
    if forms.way_on(store(), point, at) is not Next.ASKED:
        return None
    return asking_time(scales(), point.program, number, at)


def written(when: AskingTime, at: datetime) -> dict[str, str]:
    """For the address of the next page; nothing where the text goes at once."""
    if when.at is None or when.at <= at + _AT_ONCE:
        return {}
    return {"t": signing.dumps([to_micros(when.at), when.zone], salt=_SALT)}


def context_of(word: str) -> dict[str, Any]:
    """What the next page is told of that word: it says nothing where it is not ours, or where the hour has come."""
    try:
        micros, zone = signing.loads(word, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return {}
    asked_at = from_micros(micros)
    return {"asked_at": asked_at, "zone": zone} if asked_at > datetime.now(UTC) else {}


def not_now() -> str:
    """What whoever cannot be asked at a lawful hour is told, where no code can be texted either."""
    return _("At this hour the law lets nobody text you to ask. Come back tomorrow, in the daytime.")
