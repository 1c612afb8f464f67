"""What is sent from an application form of ours: a yes goes the way of every form, and a no is remembered at once.

What comes next hangs on the point and on the answers, and never on the number, as in `forms`. What becomes of each answer
is in `applications`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from yesword.collect import reversing
from yesword.collect.applications import Application, apply, general_program, note_beside_code
from yesword.collect.forms import Next, Submission, Taken, probe_files, way_on
from yesword.collect.reversing import Shown
from yesword.domain.collecting.points import Confirming
from yesword.domain.evidence.probe import for_jurisdiction
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What was answered: about this job, and about others; None: that was not asked."""

    specific: bool
    general: bool | None
    job: str = ""  # its title or reference, as the person typed it or the link said

    @property
    def has_yes(self) -> bool:
        return self.specific or bool(self.general)


def imprint(sent: Submission, answers: Answers) -> bytes:
    return sent.imprint(answers.specific, answers.general, answers.job)


def take(store: Store, sent: Submission, answers: Answers, at: datetime, *, may_ask: bool = True) -> Taken:
    """Raises UsedTicketError, NoCodeLeftError."""
    if not answers.has_yes:
        apply(store, _application(sent, answers, at), at)
        return Taken(next=Next.NOTED)
    following = way_on(store, sent.point, at, may_ask=may_ask)
    if following is Next.BUSY:
        return Taken(next=following)
    if following is Next.CODE:
        return _by_code(store, sent, answers, at)
    confirming = Confirming.NONE if following is Next.DONE else Confirming.ASK
    apply(store, replace(_application(sent, answers, at), confirming=confirming), at)
    return Taken(next=following)


def _by_code(store: Store, sent: Submission, answers: Answers, at: datetime) -> Taken:
    program = sent.point.program if answers.specific else general_program(sent.point)
    assert program is not None, "a yes to others was given, so they were asked about"
    probe = for_jurisdiction(sent.probe, is_eu=True) if sent.probe is not None and answers.specific else None
    code = reversing.show(
        store,
        Shown(
            program=program,
            point=sent.point,
            language=sent.language,
            source=sent.source,
            number=sent.number,
            name=sent.name,
            files=probe_files(probe),
            said_age=sent.said_age,
            said=tuple(_said(answers)),
            nonce=sent.nonce,
            imprint=imprint(sent, answers),
        ),
        at,
    )
    note_beside_code(store, replace(_application(sent, answers, at), nonce=""), at)
    return Taken(next=Next.CODE, code=code)


def _said(answers: Answers) -> Iterator[tuple[str, str]]:
    yield "answer", "yes"
    if answers.job:
        yield "application", answers.job


def _application(sent: Submission, answers: Answers, at: datetime) -> Application:
    return Application(
        brand=sent.point.brand,
        point=sent.point,
        number=sent.number,
        language=sent.language,
        specific=answers.specific,
        general=answers.general,
        occurred_at=at,
        name=sent.name,
        reference=answers.job,
        source=sent.source,
        nonce=sent.nonce,
        imprint=imprint(sent, answers),
        probe=probe_files(sent.probe),
        said_age=sent.said_age,
    )
