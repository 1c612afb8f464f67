"""What the parts of a page are given. Each class is named as its template in `templates/parts/`.

Sentences arrive in words, in the reader's language; times arrive aware; numbers arrive masked. Nothing here fetches or
decides.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from yesword.domain.rules.sources import RuleSource

Words = str | Promise


class Proof(enum.StrEnum):
    """Whether an event can be checked by anyone with the public key."""

    PROVED = "proved"  # in the ledger
    PENDING = "pending"  # recorded, on its way into the ledger
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """`parts/permission.html`: one sentence that says whether a person may be texted what, and because of what."""

    state: str  # a word of `states.STATES`: granted, pending, withdrawn, refused, unknown, erased …
    sentence: Words
    detail: Words = ""  # scope, limits, what the evidence does not prove
    remedy: Words = ""  # what would change it
    evidence_url: str = ""
    evidence_label: Words = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineItem:
    """`parts/timeline_item.html`: one consent event, newest first in `parts/timeline.html` with `items`."""

    state: str  # the event kind: requested, granted, confirmed, withdrawn …
    sentence: Words
    at: datetime
    zone: str = "UTC"
    wording: str = ""  # the disclosure or text exactly as it was shown
    wording_language: str = ""  # ISO code; sets the `lang` of the quotation
    wording_label: Words = ""  # "Shown on the form, version 3"
    facts: Sequence[tuple[Words, Words]] = ()
    grade: str = ""  # A to E
    proof: Proof = Proof.NONE
    proof_url: str = ""
    anchor: str = ""  # id of the item, so that others can link to it
    receipt_url: str = ""  # a POST that downloads its receipt; the page hands over its csrf_token


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonLine:
    """One reason in `parts/reason_tree.html`."""

    verdict: str  # send, wait, refuse
    sentence: Words
    fact: Words = ""
    rule: str = ""
    citation: str = ""
    remedy: Words = ""
    not_before: datetime | None = None
    zone: str = "UTC"
    rule_url: str = ""  # to the rule's card, where a pack has it


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonTree:
    """`parts/reason_tree.html`: asked, rules, decided, what would change it."""

    verdict: str
    asked: Words
    decided: Words
    asked_at: datetime
    zone: str = "UTC"
    facts: Sequence[tuple[Words, Words]] = ()  # of the question
    packs: Sequence[tuple[Words, str]] = ()  # name and url of those that were asked
    reasons: Sequence[ReasonLine] = ()  # the first one decided
    notes: Sequence[ReasonLine] = ()
    skipped: Sequence[Words] = ()  # steps that could not be asked
    remedies: Sequence[Words] = ()  # what would change it, each once
    footnote: Words = ""  # "Computed again just now with the same result."


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleCard:
    """`parts/rule.html`: one rule of law, in sentences. Its `anchor` is what reasons link to."""

    anchor: str
    topic: Words
    asks: Sequence[Words]
    citation: str
    source: RuleSource
    layer: Words
    verified_on: Words
    status: str  # a word of `states.STATES`: in_force, contested, stayed, proposed, vacated, ended, ahead
    status_word: Words = ""  # "Stayed until 31 January 2027"
    confidence: str = ""  # found, known, unverified
    facts: Sequence[tuple[Words, Words]] = ()
    note: str = ""  # in the language of the packs
    relation: Words = ""  # to the parent pack's rule on the same matter
    is_quoted: bool = False  # what it asks is text of the packs, in their language


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursBar:
    """One stretch of a band of hours; where it begins and how wide it is, in percent."""

    door: str  # open, partly, shut
    start: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursRow:
    """One place, or all of them, in `parts/hours.html`."""

    label: Words
    detail: Words  # the zone, and how we know of it
    bars: Sequence[HoursBar]
    door: str = ""  # as it is now; empty where now is not shown
    says: Words = ""  # "opens at 08:00"
    now: Words = ""  # the time there


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursTick:
    at: float  # percent
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursStretch:
    """A row of the table behind the chart."""

    place: Words
    since: datetime
    until: datetime
    zone: str
    door: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursChart:
    """`parts/hours.html`: lawful hours on the clock of one zone, a row a place; the last row is everywhere at once."""

    title: Words
    zone: str
    rows: Sequence[HoursRow]
    everywhere: HoursRow
    days: Sequence[HoursTick]
    ticks: Sequence[HoursTick]
    now: float | None = None  # percent
    notes: Sequence[Words] = ()  # such as a day of 23 hours
    table: Sequence[HoursStretch] = ()
    id: str = "hours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One part of a verdict bar; a link to the people behind it."""

    count: int
    url: str = ""
    detail: Words = ""  # "312 until 08:00 in Florida"


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictBar:
    """`{% verdict_bar bar %}`: how many now, how many wait, how many are refused."""

    now: Share
    waiting: Share
    refused: Share
    counted_at: datetime
    zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """One text in a handset, as the person sees it."""

    text: str
    at: datetime | None  # None for a sample, which goes at no time
    is_from_person: bool = False
    segments: int = 0  # 0: not told
    encoding: str = ""
    state: str = ""  # a word of `states.STATES`, when it is worth saying
    url: str = ""  # to "why"
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Handset:
    """`parts/handset.html`. With `reply_url` one can type as the person; with `poll_url` it keeps itself fresh."""

    title: Words  # whose telephone: "Anna, in Utrecht"
    correspondent: str  # what the texts come from: "800123"
    zone: str = "UTC"  # empty where no bubble has a time
    subtitle: Words = ""
    bubbles: Sequence[Bubble] = ()
    reply_url: str = ""
    poll_url: str = ""
    id: str = "handset"
    empty: Words = ""
    cost: Words = ""  # "2 segments for each person, 16,824 in all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """`{% figure figure %}`: a chart drawn here with its table behind it; without points, just the value."""

    title: Words
    value: Words | int
    note: Words = ""
    url: str = ""
    points: Sequence[tuple[Words, int]] = ()
    counted_at: datetime | None = None
    zone: str = "UTC"
    tone: str = "leaf"


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """`{% progress progress %}`: long work that one can leave and come back to. It polls while `poll_url` is given."""

    label: Words
    done: int
    total: int
    state: str  # running, paused, finished, cancelled …
    per_second: float = 0.0
    left_s: int | None = None  # seconds; None when not known
    poll_url: str = ""
    pause_url: str = ""  # each is a POST
    resume_url: str = ""
    cancel_url: str = ""
    id: str = "progress"


class Kind(enum.StrEnum):
    TEXT = "text"
    NUMBER = "number"  # set to the end, tabular figures
    STATE = "state"  # a word of `states.STATES`
    TIME = "time"  # an aware time


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    label: Words
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    cells: Sequence[object]
    url: str = ""  # of the first cell
    id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """`parts/table.html`: a page of rows by key. On a phone each row is a card."""

    caption: Words
    columns: Sequence[Column]
    rows: Sequence[Row]
    zone: str = "UTC"
    first_url: str = ""
    newer_url: str = ""
    older_url: str = ""
    total: int | None = None
    counted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Empty:
    """`parts/empty.html`: nothing here yet, why, and the one thing to do."""

    icon: str
    title: Words
    text: Words
    action_url: str = ""
    action_label: Words = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirm:
    """`parts/dialog.html` and `parts/confirm.html`: say what cannot be undone; the typed word goes as `typed`.

    Without script the opening button goes to `page_url`, which shows the same form on a page of its own. The server
    compares `typed` with `word` again.
    """

    id: str
    title: Words
    text: Words
    button: Words
    action_url: str
    page_url: str = ""
    word: str = ""  # to be typed; empty: a plain confirmation
    is_dangerous: bool = True
    back_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """`parts/notice.html`: a sentence that stays on the page."""

    tone: str  # leaf, amber, brick, slate
    title: Words
    text: Words = ""
    url: str = ""
    url_label: Words = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """`parts/code.html`: something to copy."""

    text: str
    label: Words = ""
