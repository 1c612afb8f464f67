"""What is known beside the words of a text: what was asked of the person, and what the programs here are called.

How words are then read is `domain.understanding`; what is done about them is in `stopping` and `reacting`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import BrandId, ContactId
from yesword.domain.listening import context_of
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.domain.understanding import Intent, PendingKind, Scope, understand
from yesword.sending.invitations import newest_texts, put_by
from yesword.sending.renewals import reminded
from yesword.sending.stopping import which_asked
from yesword.store import programs
from yesword.store.database import Row, Session

TALKING: Final = timedelta(hours=24)  # so long after a colleague wrote, a text is an answer to them


@dataclass(frozen=True, kw_only=True, slots=True)
class Hearing:
    """What is known of the writer by the brands whose programs have the sender, before anything is changed."""

    here: tuple[Program, ...]  # the programs on the sender, whichever brand's
    all: tuple[Program, ...]  # every program of these brands
    known: Mapping[BrandId, ContactId | None]
    states: Mapping[BrandId, ConsentState]
    pending: PendingKind | None
    asked: tuple[Program, ...]  # whose question a yes or a no would be about

    @property
    def brands(self) -> list[BrandId]:
        return list(self.known)


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What went to and fro with those who write, looked up for many at once."""

    newest: Mapping[tuple[ContactId, int], Row]  # by person and sender: see `invitations.newest_texts`
    talking: frozenset[ContactId]  # whom a colleague has answered lately


def look_back(session: Session, writers: Mapping[int, Sequence[ContactId]], at: datetime) -> Before:
    """`writers`: who writes to each sender."""
    newest = {
        (contact, sender): row
        for sender, people in writers.items()
        for contact, row in newest_texts(session, people, sender, at).items()
    }
    everybody = {each for people in writers.values() for each in people}
    rows = session.rows("answered_since", **session.people(everybody), since=to_micros(at - TALKING))
    return Before(newest=newest, talking=frozenset(ContactId(row[0]) for row in rows))


def hear(
    session: Session,
    sender: int,
    here: Sequence[Program],
    known: Mapping[BrandId, ContactId | None],
    states: Mapping[BrandId, ConsentState],
    before: Before,
    at: datetime,
) -> Hearing:
    acquainted = {each: states[brand] for brand, each in known.items() if each is not None}
    asked = [program for program in here if states[program.brand].request_for(program.id) is not None]
    reminders = (reminded(session, contact, state, here, at) for contact, state in acquainted.items())
    asked += [each.program for each in reminders if each is not None]
    if not asked:
        invited = (
            put_by(row, session, contact, state, at)
            for contact, state in acquainted.items()
            if (row := before.newest.get((contact, sender))) is not None
        )
        asked += [each.program for each in invited if each is not None]
    return Hearing(
        here=tuple(here),
        all=tuple(program for brand in known for program in programs.of_brand(brand)),
        known=known,
        states=states,
        pending=PendingKind.CONFIRM_CONSENT if asked else _pending(session, acquainted, before, at),
        asked=tuple(asked),
    )


def _pending(
    session: Session, acquainted: Mapping[ContactId, ConsentState], before: Before, at: datetime
) -> PendingKind | None:
    if any(which_asked(session, contact, state, at) for contact, state in acquainted.items()):
        return PendingKind.WHICH_TEXTS
    if not before.talking.isdisjoint(acquainted):
        return PendingKind.CONVERSATION
    return None


def read(text: str, hints: Sequence[str], hearing: Hearing) -> Intent:
    """What the text means, among these programs and after what was asked."""
    context = context_of(hearing.here, hearing.pending, others=hearing.all)
    return understand(text, [hint for hint in hints if hint], context)


def brands_meant(intent: Intent, hearing: Hearing) -> list[BrandId]:
    """Whom a text to a shared sender is for: a stop is for all who know the person, the rest for one."""
    brands = hearing.brands
    if intent.is_withdrawal:
        return _brands_to_leave(intent, hearing)
    by_keyword = [program.brand for program in hearing.here if program.key == intent.program]
    asked = [program.brand for program in hearing.asked]
    acquainted = [brand for brand in brands if hearing.known[brand] is not None]
    return [*by_keyword, *asked, *acquainted, *brands][:1]


def _brands_to_leave(intent: Intent, hearing: Hearing) -> list[BrandId]:
    """A named program narrows it to its own brand, if that knows the person: nobody hears from one that did not."""
    named: set[BrandId] = set()
    if intent.scope is Scope.PROGRAM:
        named = {program.brand for program in hearing.all if program.key == intent.program}
    acquainted = [brand for brand, contact in hearing.known.items() if contact is not None]
    if acquainted:
        return [brand for brand in acquainted if brand in named] or acquainted
    return ([brand for brand in hearing.brands if brand in named] or hearing.brands)[:1]
