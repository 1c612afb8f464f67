"""What is sent from a form: it shows a code to text, has a text ask, or grants; whichever the point is made for.

What comes next hangs on the point and never on the number, so that nobody learns from a page who is known here. Reading
what was typed, and showing what comes next, is for whoever has the page.
"""

import enum
from dataclasses import dataclass
from datetime import datetime

from yesword.collect import reversing, tickets
from yesword.collect.joining import Joined, Joining, is_capped, join
from yesword.collect.points import Point
from yesword.collect.reversing import Code, Shown
from yesword.consent import Act
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Actor
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import MediaType
from yesword.domain.evidence.probe import BadProbeError, Probe, for_jurisdiction, read_probe, write_probe
from yesword.domain.phone import PhoneNumber
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import AcceptedFile, accept
from yesword.store import programs
from yesword.store.opening import Store


class Next(enum.StrEnum):
    """What the page says after it was sent."""

    CODE = "code"  # text this to us
    ASKED = "asked"  # we text you
    DONE = "done"
    NOTED = "noted"  # a no, which is remembered
    BUSY = "busy"  # nothing can be asked for now, of anybody


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Submission:
    """What was sent from a page, once it was read. The box was ticked: without that there is none."""

    point: Point
    language: str
    number: PhoneNumber
    nonce: str  # of the page
    source: str = ""
    name: str = ""
    categories: tuple[str, ...] = ()
    said_age: SaidAge | None = None  # where the page asked
    probe: Probe | None = None
    route: str = "form"
    page: str = ""  # of somebody else's site, where a pop-up asked

    def imprint(self, *answers: object) -> bytes:
        """Of the page and all that the person sent from it."""
        age = None if self.said_age is None else self.said_age.years
        who = (self.number.e164, self.language, self.name, self.categories, age)
        return tickets.imprint(self.nonce, repr((*who, self.source, self.route, self.page, *answers)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    next: Next
    code: Code | None = None
    joined: Joined | None = None


def way_on(store: Store, point: Point, at: datetime, *, may_ask: bool = True) -> Next:
    """What comes after this point for anybody. `may_ask`: whoever sends it has not made us ask too many already."""
    confirming = point.definition.confirming
    can_receive = programs.sender_of(point.program).facts.can_receive
    if confirming is Confirming.REVERSE and can_receive:
        return Next.CODE
    with store.database.read() as session:
        if may_ask and not is_capped(session, point, at):
            return Next.DONE if confirming is Confirming.NONE else Next.ASKED
    # A form that is being abused goes on for everybody else: then it is they who text first.
    return Next.CODE if can_receive else Next.BUSY


def take(store: Store, sent: Submission, at: datetime, *, may_ask: bool = True) -> Taken:
    """Raises UsedTicketError, NoCodeLeftError."""
    following = way_on(store, sent.point, at, may_ask=may_ask)
    if following is Next.BUSY:
        return Taken(next=following)
    if following is Next.CODE:
        return Taken(next=following, code=_show(store, sent, at))
    return Taken(next=following, joined=join(store, _joining(sent, following, at), at))


def fitting_probe(data: str, *, nonce: str, point: Point) -> Probe | None:
    """What a browser told of this very page; None where it tells of another, or nothing that can be read."""
    try:
        probe = read_probe(data.encode(errors="replace"))
    except BadProbeError:
        return None
    return probe if (probe.nonce, probe.form_version) == (nonce, point.digest) else None


def _show(store: Store, sent: Submission, at: datetime) -> Code:
    # Nobody knows yet whose number was typed, so of the browser only the strictest form is kept.
    probe = sent.probe and for_jurisdiction(sent.probe, is_eu=True)
    return reversing.show(
        store,
        Shown(
            program=sent.point.program,
            point=sent.point,
            language=sent.language,
            source=sent.source,
            page=sent.page,
            number=sent.number,
            name=sent.name,
            files=probe_files(probe),
            categories=sent.categories,
            said_age=sent.said_age,
            nonce=sent.nonce,
            imprint=sent.imprint(),
        ),
        at,
    )


def _joining(sent: Submission, following: Next, at: datetime) -> Joining:
    point = sent.point
    act = Act(
        actor=Actor.PERSON,
        route=sent.route,
        occurred_at=at,
        received_at=at,
        language=sent.language,
        context=_context(sent),
        wording=consent_text(point.definition, point.program, sent.language),
        categories=sent.categories,
    )
    return Joining(
        brand=point.brand,
        program=point.program,
        number=sent.number,
        act=act,
        confirming=Confirming.NONE if following is Next.DONE else Confirming.ASK,
        point=point,
        source=sent.source,
        name=sent.name,
        files=probe_files(sent.probe),
        nonce=sent.nonce,
        imprint=sent.imprint(),
        said_age=sent.said_age,
    )


def _context(sent: Submission) -> JsonObject:
    said = {"age": "" if sent.said_age is None else f"{sent.said_age.years}+", "url": sent.page}
    return {name: each for name, each in said.items() if each}


def probe_files(probe: Probe | None) -> tuple[AcceptedFile, ...]:
    """What a browser told, as evidence."""
    if probe is None:
        return ()
    return (accept(EvidenceKind.PRESENTATION_PROBE, write_probe(probe), MediaType.JSON.value),)
