"""A page that was sent once more with the very same words, as by a key that was pressed twice: it leads where it led before.

Only for a moment, and nothing happens a second time. Whoever has the page, and not what was sent from it, learns nothing.
"""

from datetime import datetime, timedelta
from typing import Final

from yesword.collect import application_forms, reversing, tickets
from yesword.collect.application_forms import Answers
from yesword.collect.forms import Next, Submission, Taken
from yesword.domain.collecting.points import Confirming
from yesword.store.opening import Store

A_MOMENT: Final = timedelta(minutes=1)


def taken(store: Store, sent: Submission, answers: Answers | None, at: datetime) -> Taken | None:
    """What the first sending led to; None where there was none, where it said something else, or where it is longer ago."""
    imprint = sent.imprint() if answers is None else application_forms.imprint(sent, answers)
    with store.database.read() as session:
        first_at = tickets.used_at(session, imprint)
        if first_at is None or at - first_at > A_MOMENT:
            return None
        code = reversing.shown_then(store, session, sent.point, sent.number, first_at)
    if code is not None:
        return Taken(next=Next.CODE, code=code)
    if answers is not None and not answers.has_yes:
        return Taken(next=Next.NOTED)
    is_granting = sent.point.definition.confirming is Confirming.NONE
    return Taken(next=Next.DONE if is_granting else Next.ASKED)
