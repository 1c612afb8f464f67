"""Consent that was given on paper or aloud, and is told by somebody else: who then acts, and whether a text has to ask.

A signature of today is the person's own fresh act, so one text may ask them to confirm it. An older one asks nobody any
more: the person has to text by themselves. Where no confirmation is asked for, an agent tells what they saw or heard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yesword.domain.collecting.asking import FRESH
from yesword.domain.collecting.points import Confirming, PointDefinition
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor
from yesword.domain.linting.law import law
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.consent import DoubleOptIn

CONFIRMS: Final = "confirms"  # the setting of a point by which a yes has to be confirmed by text
YES: Final = "yes"
OLDEST: Final = timedelta(days=5 * 366)


class FutureSigningError(YeswordError):
    """{day} is still to come. Give the day on which the person said yes."""

    code = "offline_future_day"


class OldSigningError(YeswordError):
    """{day} is more than five years ago. Ask such people anew."""

    code = "offline_old_day"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How an act that somebody else tells is taken."""

    actor: Actor
    confirming: Confirming


def way(*, confirms: bool, said_at: datetime, at: datetime) -> Way:
    if not confirms:
        return Way(actor=Actor.AGENT, confirming=Confirming.NONE)
    is_fresh = at - said_at <= FRESH
    return Way(actor=Actor.PERSON if is_fresh else Actor.AGENT, confirming=Confirming.ASK)


def confirms(
    definition: PointDefinition, program: Program, countries: Iterable[str], packs: Iterable[Pack], on: date
) -> bool:
    """Whether the point, or the law of a place that it serves, wants a yes to be confirmed from the handset."""
    if definition.setting(CONFIRMS) == YES:
        return True
    categories = tuple(sorted(definition.categories or program.categories))
    rules = law(packs, countries, on, categories=categories).of(DoubleOptIn)
    return any(
        rule.is_enforced and rule.is_verified and asked.concerns(program.message_class, MessageKind.CAMPAIGN)
        for rule, asked in rules
    )


def day_began(day: date, zone: str, at: datetime) -> datetime:
    """The first moment of the day on which somebody signed: a list has no hours, and an older yes permits less.

    Raises FutureSigningError, OldSigningError.
    """
    began = datetime.combine(day, time.min, ZoneInfo(zone))
    if began > at:
        raise FutureSigningError(day=day.isoformat())
    if at - began > OLDEST:
        raise OldSigningError(day=day.isoformat())
    return began.astimezone(at.tzinfo)
