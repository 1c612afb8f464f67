"""How long the answer to a privacy request may take. What is asked for is in `understanding.intent`."""

import calendar
from datetime import datetime
from typing import Final

# GDPR art. 12(3): "without undue delay and in any event within one month of receipt of the request". Regulation (EEC,
# Euratom) 1182/71 art. 3(2)(c): a period of months ends on the day with the same number, or on the month's last day.
# The two further months of art. 12(3) are for what is complex, and are never assumed.
MONTHS: Final = 1


def due_at(asked_at: datetime) -> datetime:
    """By when a request that came at this moment has to be answered: at the same time of day, a month later."""
    year, month = divmod(asked_at.year * 12 + asked_at.month - 1 + MONTHS, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return asked_at.replace(year=year, month=month + 1, day=min(asked_at.day, last))
