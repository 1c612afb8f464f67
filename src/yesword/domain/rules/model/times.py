"""Parameters about when and how often: hours, emergencies, moments after an event, caps."""

import enum
from dataclasses import dataclass
from typing import ClassVar

from yesword.domain.hours import Week
from yesword.domain.rules.model.parameter import ForClasses, at_least


class Unlock(enum.StrEnum):
    """What lifts a rule about hours, where the rule itself says so."""

    ANY_HOUR = "any_hour"  # the person agreed to texts at any hour, as a matter of its own
    WRITTEN_ANY_HOUR = "written_any_hour"  # the same, in writing
    EXPRESS = "express"  # express consent is enough
    RELATION = "relation"  # the person is a customer


class Measured(enum.StrEnum):
    """Which moment has to be within the hours. Yesword holds both to be the moment of hand-over, rechecked there."""

    DISPATCH = "dispatch"
    RECEIPT = "receipt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours(ForClasses):
    """Local time in which texts of these classes may go.

    In TOML: `every_day`, or each of `mon` … `sun`, as lists of windows such as "08:00-20:00"; `calendar` names a
    calendar of holidays, whose windows are `holidays` (none, if left out); `zone` is "recipient", or the one zone on
    whose clocks the hours are read wherever the person is.
    """

    table: ClassVar[str] = "hours"
    operator: ClassVar[str] = "intersection"
    week: Week
    zone: str = "recipient"
    measured: Measured = Measured.DISPATCH
    unlocked_by: tuple[Unlock, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspension(ForClasses):
    """No such texts while an emergency is declared where the person is. Somebody enters the declarations by hand."""

    table: ClassVar[str] = "suspension"
    operator: ClassVar[str] = "union"


@dataclass(frozen=True, kw_only=True, slots=True)
class AfterEvent(ForClasses):
    """A text that an event occasions may follow it for so long only."""

    table: ClassVar[str] = "after_event"
    operator: ClassVar[str] = "minimum"
    within_s: int = at_least(1)

    @property
    def slot(self) -> str:
        return "after_event"


class CapKey(enum.StrEnum):
    SUBJECT = "subject"
    PROGRAM = "program"
    BRAND = "brand"
    EVENT = "event"  # one cart, one parcel


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap(ForClasses):
    """At most `count` texts of these classes in any `seconds`, whatever numbers they come from."""

    table: ClassVar[str] = "cap"
    operator: ClassVar[str] = "every cap"
    count: int = at_least(1)
    seconds: int = at_least(1)
    key: CapKey

    @property
    def slot(self) -> str:
        return f"cap.{self.key}.{self.seconds}"
