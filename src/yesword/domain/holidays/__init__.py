"""Public holidays as cited data: which day is one under which law, and how business days count past it."""

from yesword.domain.holidays.calendars import Calendar, Holiday
from yesword.domain.holidays.loader import CalendarError
from yesword.domain.holidays.lookup import (
    UnknownCalendarError,
    business_days_after,
    calendar,
    calendar_ids,
    is_holiday,
)

__all__ = [
    "Calendar",
    "CalendarError",
    "Holiday",
    "UnknownCalendarError",
    "business_days_after",
    "calendar",
    "calendar_ids",
    "is_holiday",
]
