"""What an answer holds: a line for each number and program, the wordings that were shown, and what the lines add up to.

Plain values. Where they come from is in `collecting`, how they are told in `telling`, how they are written in `writing`.
"""

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from yesword.domain.events import Actor, Basis
from yesword.domain.ids import ContactId
from yesword.domain.programs import Program
from yesword.reporting.audit_answers.asking import Question
from yesword.store.programs import BrandRow


class Status(enum.StrEnum):
    """How it stands with a number when the answer is made."""

    OPTED_IN = "opted_in"
    OTHER_GROUND = "other_ground"  # no yes of their own: a customer, or a conversation that they began
    OPTED_OUT = "opted_out"
    ASKED = "asked"  # and has not confirmed
    DECLINED = "declined"
    LAPSED = "lapsed"  # the question, or a consent that had an end
    CLAIMED = "claimed"  # somebody's list says so without proof, which permits nothing
    OTHER_OWNER = "other_owner"
    ERASED_KEPT = "erased_kept"
    ERASED_LOCKED = "erased_locked"  # the proof is kept under a key that is not on this machine
    ERASED = "erased"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"  # no telephone number


class Part(enum.StrEnum):
    """What a proof is of, within a line."""

    OPT_IN = "opt-in"  # what the line is about
    ASKED = "asked"  # the request that the opt-in confirmed
    ENDED = "ended"
    RESTARTED = "restarted"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Proof:
    part: Part
    index: int  # its place in the log
    body: bytes  # a .tlog-proof file


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """How somebody said yes: who acted by which way, and whether they confirmed it from the handset."""

    actor: Actor
    route: str
    is_confirmed: bool = False
    basis: Basis | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    sha256: str
    text: str
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Line:
    """What there is to say of one number and one program. What is not known is None or empty."""

    number: str  # as it was asked
    status: Status
    contact: ContactId | None = None
    program: Program | None = None
    method: Method | None = None
    source: str = ""  # of what was brought along: where its file says that they agreed
    opted_in_at: datetime | None = None
    zone: str = ""  # where the person most likely is, and so whose time is local
    context: Mapping[str, str] = field(default_factory=dict)  # ip, user_agent, page_url, form_version
    wording: Wording | None = None
    confirmed_at: datetime | None = None  # a request, from the handset
    confirmation: str = ""  # the text that told them: the carrier's own id of it, or ours
    restarted_at: datetime | None = None  # came back by START after the newest stop
    opted_out_at: datetime | None = None
    last_text_at: datetime | None = None
    texts_after: int = 0  # handed over after the stop that stands, its one confirmation aside
    suppressed_since: datetime | None = None
    erased_at: datetime | None = None
    kept_until: datetime | None = None
    proofs: tuple[Proof, ...] = ()
    is_waiting: bool = False  # the log has not taken it up, so there is no proof yet

    @property
    def main(self) -> Proof | None:
        return next((each for each in self.proofs if each.part is Part.OPT_IN), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """Where the records are kept, as of the answer."""

    origin: str  # of the log; empty: none is published yet
    size: int
    witnesses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answer:
    brand: BrandRow
    question: Question
    made_at: datetime
    programs: tuple[Program, ...]  # that have ever texted from the source
    carrier_answers_stop: bool
    numbers: int  # asked about, those that are none aside
    lines: tuple[Line, ...]
    records: Records
    notes: tuple[str, ...] = ()  # what could not be done, and why

    @property
    def counts(self) -> Mapping[Status, int]:
        """Lines by status, in the order of the statuses."""
        found = Counter(each.status for each in self.lines)
        return {status: found[status] for status in Status if found[status]}

    @property
    def wordings(self) -> Mapping[str, Wording]:
        """Each wording once, by its digest."""
        return {each.wording.sha256: each.wording for each in self.lines if each.wording is not None}
