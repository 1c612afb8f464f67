"""Texts that ask for somebody, in sentences: why they stand in the queue, how they were read, what was done already.

Facts in, what the templates take out, in the reader's language. Nothing is fetched or decided here; what may be done about
a text is `sending.triage`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yesword.domain.ids import ProgramId, to_text
from yesword.domain.messages import without_link_words
from yesword.domain.programs import Program
from yesword.domain.state import Withdrawal
from yesword.domain.triage import TriageKind, TriageState, Verb
from yesword.domain.understanding import Intent, Kind, Right
from yesword.reporting.replies import OwnText, Row
from yesword.sending.privacy_requests import PrivacyRequest, State
from yesword.sending.triage import Reading
from yesword.web import readings
from yesword.web.console.addresses import message_url, person_url
from yesword.web.formats import masked
from yesword.web.sentences import listed
from yesword.web.telling import name_or_number, plain_day, plain_moment, texts_of

_SOON_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How a kind of row is shown: a colour, an icon, the word of its chip."""

    tone: str
    icon: str
    word: Promise


LOOKS: Final[Mapping[TriageKind, Look]] = {
    TriageKind.PROBABLE_STOP: Look(tone="amber", icon="stop", word=gettext_lazy("Probably a stop")),
    TriageKind.PRIVACY_REQUEST: Look(tone="slate", icon="proof", word=gettext_lazy("Privacy request")),
    TriageKind.COMPLAINT: Look(tone="brick", icon="warning", word=gettext_lazy("Complaint")),
    TriageKind.PERHAPS_STOP: Look(tone="amber", icon="question", word=gettext_lazy("Perhaps a stop")),
    TriageKind.QUESTION: Look(tone="slate", icon="message", word=gettext_lazy("To answer")),
}
_HEADS: Final[Mapping[TriageKind, tuple[Promise, Promise]]] = {
    TriageKind.PROBABLE_STOP: (
        gettext_lazy("Stopped on an unsure reading"),
        gettext_lazy("Their texts have ended already. Say whether that is what they meant."),
    ),
    TriageKind.PRIVACY_REQUEST: (
        gettext_lazy("Privacy requests"),
        gettext_lazy("The law gives you a month from the day on which the request came."),
    ),
    TriageKind.COMPLAINT: (
        gettext_lazy("Complaints"),
        gettext_lazy("Each one counts against the program and the code that it was about."),
    ),
    TriageKind.PERHAPS_STOP: (
        gettext_lazy("Perhaps stops"),
        gettext_lazy("Too little to end anything on: their texts go on until you say otherwise."),
    ),
    TriageKind.QUESTION: (
        gettext_lazy("To answer"),
        gettext_lazy("What people wrote that is nobody's command."),
    ),
}
RIGHTS: Final[Mapping[Right, Promise]] = {
    Right.ACCESS: gettext_lazy("They want to see what you know about them."),
    Right.ERASURE: gettext_lazy("They want their data deleted."),
}
_SETTLED: Final[Mapping[TriageState, tuple[str, str]]] = {  # colour and icon
    TriageState.CONFIRMED: ("brick", "stop"),
    TriageState.UNDONE: ("slate", "undo"),
    TriageState.ANSWERED: ("leaf", "reply"),
    TriageState.DONE: ("leaf", "check"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """`console/reply_said.html`: a text with the stretch that decided, and the text of ours that it replies to."""

    before: str
    decided: str
    after: str
    at: datetime
    zone: str
    own: OwnText | None = None
    own_url: str = ""
    is_gone: bool = False  # its key is gone, and nobody can read it


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """By when a privacy request has to be answered. `days` is negative when that is over."""

    days: int
    tone: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RowView:
    """`console/reply_row.html`."""

    ref: str  # `inb_…`: its anchor, and its name in addresses
    look: Look
    name: str
    number: str
    person_url: str
    said: Said
    read: str
    done: Sequence[str]  # what the text brought about already, a sentence each
    clock: Clock | None
    verbs: frozenset[Verb]
    confirm_label: str
    confirm_says: str
    is_answerable: bool
    invites: Sequence[tuple[str, str, str]] = ()  # program, its name, and the question that would go


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    title: Promise
    about: Promise
    count: int  # how many are open in all, on this page or not
    rows: Sequence[RowView]
    anchor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SettledLine:
    tone: str
    icon: str
    sentence: str
    note: str
    at: datetime | None
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What the sentences of one page have in common."""

    brand: str
    programs: Mapping[ProgramId, Program]
    zone: str
    at: datetime

    def row(self, row: Row) -> RowView:
        item, person = row.item, row.person
        name = person.name if person else ""
        number = masked(person.number) if person and person.erased_at is None else ""
        is_wrong_number = item.read.kind is Kind.WRONG_NUMBER
        return RowView(
            ref=to_text("inb", item.id),
            look=LOOKS[item.kind],
            name=name or number or _("Erased"),
            number=number if name else "",
            person_url=person_url(item.contact) if person else "",
            said=said(item.text, item.read, item.received_at, self.zone, row.replies_to),
            read=self.read(item.read),
            done=self._done(row),
            clock=clock(item.due_at, self.at, self.zone)
            if row.request is None or row.request.state is State.OPEN
            else None,
            # A word of the law and a link are no reading, whatever the row says.
            verbs=frozenset(item.verbs) - ({Verb.UNDO} if item.read.is_per_se else set()),
            confirm_label=_("It is a wrong number") if is_wrong_number else _("It is a stop"),
            confirm_says=_(
                "The number then counts as somebody else's: no START brings back what its former owner had said."
            )
            if is_wrong_number
            else "",
            is_answerable=item.is_answerable,
        )

    def read(self, read: Reading) -> str:
        """How it was read, how sure that is, and why."""
        intent = Intent(
            kind=read.kind,
            confidence=read.confidence,
            span=read.span,
            rule=read.rule,
            is_per_se=read.is_per_se,
            also=tuple(each for each in read.kinds if each is not read.kind),
        )
        return self.intent(intent)

    def intent(self, intent: Intent) -> str:
        return readings.told(
            intent, readings.Setting(brand=self.brand, programs=tuple(self.programs.values()))
        )

    def _done(self, row: Row) -> list[str]:
        item = row.item
        asked = [str(RIGHTS[row.request.right])] if row.request is not None else []
        if item.event is not None:
            return [*asked, self.ended(row.stops, item.received_at, is_erased=row.person is None)]
        if item.kind is TriageKind.PERHAPS_STOP:
            return [_("Nothing has ended: their texts go on.")]
        if not item.is_answerable:
            return [*asked, _("They have stopped, so no answer may go to them.")]
        if item.kind is TriageKind.COMPLAINT:
            return [_("It counts as a complaint. Their texts go on.")]
        if (
            item.kind is TriageKind.QUESTION and item.read.kind is Kind.OPT_OUT
        ):  # of all but what is all there is
            return [_("Nothing has ended: their texts go on.")]
        return asked

    def ended(self, stops: Sequence[Withdrawal], at: datetime, *, is_erased: bool = False) -> str:
        """What a text ended, as far as it still stands."""
        if not stops:
            if is_erased:
                return _("The person was erased since.")
            return _("It ended their texts on %(moment)s; since then their record has gone on.") % {
                "moment": plain_moment(at, self.zone)
            }
        ended = {each.scope.program for each in stops}
        known = [program for key, program in self.programs.items() if key in ended]
        words = {
            "brand": self.brand,
            "texts": listed([texts_of(each) for each in known]),
            "moment": plain_moment(stops[0].at, self.zone),
        }
        if None in ended:
            return _("All texts of %(brand)s to them ended on %(moment)s.") % words
        if not known:
            return _("The texts of a program that is gone ended on %(moment)s.") % words
        return _("%(texts)s to them ended on %(moment)s. Other texts of %(brand)s go on.") % words

    def settled(self, row: Row, users: Mapping[int, str]) -> SettledLine:
        item = row.item
        tone, icon = _SETTLED[item.state]
        who = users.get(item.settled_by, "") if item.settled_by is not None else ""
        name = name_or_number(row.person)
        words = {"who": who or _("Somebody"), "name": name or _("somebody who was erased")}
        return SettledLine(
            tone=tone,
            icon=icon,
            sentence=settled_wording(item.state) % words,
            note=item.note,
            at=item.settled_at,
            url=person_url(item.contact) if row.person else "",
        )


def settled_wording(state: TriageState) -> str:
    return {
        TriageState.CONFIRMED: _("%(who)s confirmed that the text of %(name)s is a stop."),
        TriageState.UNDONE: _("%(who)s undid the stop of %(name)s as a mistaken reading."),
        TriageState.ANSWERED: _("%(who)s answered %(name)s."),
        TriageState.DONE: _("%(who)s put the text of %(name)s away as done."),
        TriageState.OPEN: "",
    }[state]


def said(text: str | None, read: Reading | None, at: datetime, zone: str, own: OwnText | None = None) -> Said:
    """A text with what decided marked in it: `span` counts its characters."""
    words = without_link_words(text or "")
    start, end = read.span if read is not None and read.span is not None else (len(words), len(words))
    message = read.message if read is not None and own is not None else None
    return Said(
        before=words[:start],
        decided=words[start:end],
        after=words[end:],
        at=at,
        zone=zone,
        own=own,
        own_url=message_url(message) if message is not None else "",
        is_gone=text is None,
    )


def clock(due_at: datetime | None, at: datetime, zone: str) -> Clock | None:
    """How long there is, in days of the brand's calendar."""
    if due_at is None:
        return None
    here = ZoneInfo(zone or "UTC")
    last = due_at.astimezone(here).date()
    days = (last - at.astimezone(here).date()).days
    words = {"count": abs(days), "day": plain_day(last)}
    if due_at < at or days < 0:
        if days == 0:
            return Clock(days=-1, tone="brick", sentence=_("Overdue since today"))
        return Clock(
            days=days,
            tone="brick",
            sentence=ngettext(
                "Overdue by %(count)s day, since %(day)s",
                "Overdue by %(count)s days, since %(day)s",
                abs(days),
            )
            % words,
        )
    if days == 0:
        return Clock(days=0, tone="brick", sentence=_("To be answered today"))
    return Clock(
        days=days,
        tone="amber" if days <= _SOON_DAYS else "slate",
        sentence=ngettext("%(count)s day left, until %(day)s", "%(count)s days left, until %(day)s", days)
        % words,
    )


def request_line(request: PrivacyRequest, at: datetime, zone: str) -> tuple[str, Clock | None, str]:
    """One open request on a person's page: what is asked, its clock, when it came."""
    return (
        str(RIGHTS[request.right]),
        clock(request.due_at, at, zone),
        _("Asked on %(moment)s.") % {"moment": plain_moment(request.asked_at, zone)},
    )


def sections(rows: Sequence[tuple[TriageKind, RowView]], counts: Mapping[TriageKind, int]) -> list[Section]:
    """Rows under the heads of their kinds, in the order in which they stand in the queue."""
    found: dict[TriageKind, list[RowView]] = {}
    for kind, row in rows:
        found.setdefault(kind, []).append(row)
    return [
        Section(
            title=_HEADS[kind][0],
            about=_HEADS[kind][1],
            count=counts.get(kind, 0),
            rows=shown,
            anchor=kind.value.replace("_", "-"),
        )
        for kind, shown in found.items()
    ]
