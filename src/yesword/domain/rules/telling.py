"""Rules in plain English, for the terminal and the reference: what each asks, of whom, and how it stands.

The words of an answer to a person are in the catalogue, in every language; these are for whoever reads the packs.
"""

import dataclasses
import enum
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from yesword.domain.hours import Week
from yesword.domain.rules.model import ALWAYS, OnRecord, Pack, Parameter, Reach, Rule, Severity, Status, When

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ALWAYS_TOLD: Final = frozenset({"minimum"})  # the number is the point, usual or not
_NAMES: Final = {"seconds": "in any", "key": "per", "within_s": "within", "message_class": "", "week": ""}
_NAMELESS: Final = frozenset(
    {"classes", "policy", "mode", "summary", "topic"}
)  # whose value speaks for itself
_SPANS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def asks(parameter: Parameter) -> str:
    """What a parameter asks, in one line; what is as usual is left out."""
    told = "; ".join(f"{name} {value}" if name else value for name, value in fields(parameter))
    name = parameter.table.replace("_", " ")
    return f"{name}: {told}" if told else name


def fields(value: Parameter | When) -> Iterator[tuple[str, str]]:
    """Each field that a pack's author had to write, or wrote otherwise than usual."""
    for field in dataclasses.fields(value):
        given = getattr(value, field.name)
        if given == () and field.default is dataclasses.MISSING:
            yield _named(field.name), "none"
        is_usual = given == field.default and field.name not in _ALWAYS_TOLD
        if not is_usual and given not in ((), ""):
            yield _named(field.name), _told(field.name, given)


def conditions(when: When) -> tuple[str, ...]:
    return () if when is ALWAYS else tuple(f"{name} {value}" for name, value in fields(when))


def reaches(reach: Reach) -> str:
    told = []
    if reach.is_everywhere:
        told.append("every text")
    if reach.region:
        told.append(f"people who may be in {reach.region}")
    if reach.has_senders:
        told.append("texts that are sent from there")
    if reach.countries:
        told.append("people who may be in, or brands of, " + ", ".join(reach.countries))
    if reach.number_countries:
        told.append("numbers of " + ", ".join(reach.number_countries))
    if reach.providers:
        told.append("texts that leave by " + ", ".join(reach.providers))
    return "; ".join(told)


def standing(rule: Rule) -> str:
    """How a rule stands, in a few words."""
    said = [rule.severity.value, rule.status.value.replace("_", " "), rule.confidence.value]
    is_noted = not rule.is_enforced and rule.severity is not Severity.RECORD
    return ", ".join([*said, *dates(rule)]) + ("; noted only" if is_noted else "")


def dates(rule: Rule) -> Iterator[str]:
    if rule.effective_from != date.min:
        yield f"from {rule.effective_from}"
    if rule.effective_to != date.max:
        yield f"until {rule.effective_to}"
    if rule.stayed_until is not None:
        yield f"stayed until {rule.stayed_until}"


def power(rule: Rule, on: date) -> str:
    """Whether the rule decides anything on a day, and why or why not."""
    if not rule.is_in_force(on):
        return f"Decides nothing on {on}: {_not_in_force(rule, on)}."
    if isinstance(rule.parameter, OnRecord):
        return "On record: no text is held against it."
    if rule.severity is Severity.RECORD:
        return "On record only."
    if rule.severity is Severity.WARN:
        return "Noted only: it warns."
    if not rule.is_enforced:
        return (
            f"Noted only: the fact is {rule.confidence.value}, and only what was found in a source decides."
        )
    if not rule.is_verified:
        return "May make a text wait, and refuses nothing: the fact is known, but was not found in a source."
    return (
        "Decides: it refuses."
        if rule.severity is Severity.BLOCK
        else "Decides: it makes a text wait, or asks for more."
    )


def _not_in_force(rule: Rule, on: date) -> str:
    if rule.status is Status.STAYED:
        if rule.stayed_until is None:
            return "it is stayed, and nobody knows until when"
        if on < rule.stayed_until:
            return f"it is stayed until {rule.stayed_until}"
    elif not rule.status.applies:
        return f"it is {rule.status.value}"
    return (
        f"it comes into force on {rule.effective_from}"
        if on < rule.effective_from
        else f"it ended on {rule.effective_to}"
    )


def counts(pack: Pack, on: date | None = None) -> tuple[int, int]:
    """How many rules a pack has, and how many of them may decide; of those in force on a day, where one is named."""
    rules = [rule for rule in pack.rules if on is None or rule.is_in_force(on)]
    return len(rules), sum(rule.is_enforced and not isinstance(rule.parameter, OnRecord) for rule in rules)


# --- values --------------------------------------------------------------------------------------------------


def _named(field: str) -> str:
    if field in _NAMELESS:
        return ""
    return _NAMES.get(field, field.removeprefix("is_").removesuffix("_s").replace("_", " "))


def _told(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Week):
        return _week(value)
    if isinstance(value, enum.IntEnum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, enum.Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(_told(field, each) for each in value)
    if isinstance(value, int) and (field.endswith("_s") or field == "seconds"):
        return _span(value)
    return f'"{value}"' if field in ("literal", "verbatim") else str(value)


def _span(seconds: int) -> str:
    size, unit = next((size, unit) for size, unit in _SPANS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _week(week: Week) -> str:
    days = [_windows(day) for day in week.days]
    told = f"{days[0]} every day" if len(set(days)) == 1 else ", ".join(_runs(days))
    if week.calendar:
        told += f", on holidays ({week.calendar}) {_windows(week.holiday)}"
    return told


def _runs(days: list[str]) -> Iterator[str]:
    """Days that follow each other and are alike are told once: Mon-Fri 08:00-21:00."""
    start = 0
    for index in range(1, len(days) + 1):
        if index == len(days) or days[index] != days[start]:
            last = index - 1
            name = _WEEKDAYS[start] if last == start else f"{_WEEKDAYS[start]}-{_WEEKDAYS[last]}"
            yield f"{name} {days[start]}"
            start = index


def _windows(windows: Iterable[tuple[int, int]]) -> str:
    return " and ".join(f"{_clock(start)}-{_clock(end)}" for start, end in windows) or "closed"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
