"""Collecting an answer: what the record says of each number, with the proof of it.

Numbers that nobody here has are told of, too. Proof that is kept of somebody who was erased is found only where the key
of legal holds is on this machine, and serves this and no other end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.collect.imports.errors import ImportFileError
from yesword.collect.imports.headings import Column, lay_out
from yesword.domain import codec, phone
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import BrandId, MessageId, bucket_of, to_text
from yesword.domain.messages import MessageKind
from yesword.domain.places import places_for
from yesword.domain.programs import Program
from yesword.domain.times import from_micros
from yesword.ledger.entry import SectionValue, open_disclosure
from yesword.ledger.proof import read_proof
from yesword.ledger.receipt import Receipt, write_tlog_receipt
from yesword.privacy import kept_proof
from yesword.proof.policies import policy_of
from yesword.proof.proofs import UnfitTreeError
from yesword.proof.receipts import NoReceiptError, receipt_of
from yesword.reporting.audit_answers.answer import (
    Answer,
    Line,
    Part,
    Proof,
    Records,
    Status,
    Wording,
)
from yesword.reporting.audit_answers.asking import Asked, Question, UnknownSourceError
from yesword.reporting.audit_answers.story import Story, Text, method_of, status_of, texts_after, told
from yesword.store import contacts, erasures, ledgers, models, programs, suppressions
from yesword.store.contacts import Contact
from yesword.store.opening import Store
from yesword.store.programs import BrandRow
from yesword.store.suppressions import Suppression

Watch = Callable[[int, int], None]  # done, of how many

# What the carrier is shown of an event. The evidence stays: others' words may stand in it.
SHOWN: Final = ("event", "subject", "context", "notice", "terms")
_CONTEXT: Final = {
    "ip": ("ip",),
    "user_agent": ("user_agent", "ua"),
    "page_url": ("page_url",),
    "form_version": ("form_version",),
}


def collect(
    store: Store,
    brand: BrandRow,
    question: Question,
    asked: Asked,
    at: datetime,
    watch: Watch = lambda _done, _total: None,
) -> Answer:
    """Everything that the carrier wants to know of these numbers. Raises UnknownSourceError."""
    texted = programs_of(brand, question.sender)
    source = _Source(store, brand, question.sender, texted, at)
    who = _find(store, brand, asked.numbers)
    lines: list[Line] = []
    for done, number in enumerate(asked.numbers, start=1):
        lines += source.lines(number, who)
        watch(done, len(asked.numbers))
    lines += [Line(number=each.given, status=Status.UNREADABLE) for each in asked.unread]
    return Answer(
        brand=brand,
        question=question,
        made_at=at,
        programs=texted,
        carrier_answers_stop=source.carrier_answers_stop,
        numbers=len(asked.numbers),
        lines=tuple(lines),
        records=_records(store, brand),
        notes=tuple(source.notes),
    )


def programs_of(brand: BrandRow, sender: str) -> tuple[Program, ...]:
    """The programs of the brand that text from there, or did in an earlier version. Raises UnknownSourceError."""
    senders = sources_of(brand.id)
    found = tuple(each for each in programs.of_brand(brand.id) if sender in senders[each.id])
    if not found:
        named = ", ".join(sorted(set().union(*senders.values()))) or "none yet"
        raise UnknownSourceError(brand=brand.name, sender=sender, known=named)
    return found


def sources_of(brand: BrandId) -> dict[int, set[str]]:
    """By program, every address that it ever texted from."""
    found = {int(each.id): {each.sender} for each in programs.of_brand(brand)}
    rows = models.ProgramVersion.objects.filter(program__brand_id=brand)
    for program, number in rows.values_list("program_id", "version"):
        found[program].add(programs.version(program, number).sender)
    return found


def _records(store: Store, brand: BrandRow) -> Records:
    with store.database.read() as session:
        known = ledgers.logs(session, brand.id)
        witnesses = tuple(each.name for each in policy_of(session, brand.id).witnesses)
    if not known or not known[-1].published_size:
        return Records(origin="", size=0, witnesses=witnesses)
    return Records(origin=known[-1].origin, size=known[-1].published_size, witnesses=witnesses)


# --- who has these numbers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Found:
    living: Mapping[str, Contact]
    held: Mapping[str, Contact]  # erased, and their proof is kept
    suppressed: Mapping[str, Suppression]


def _find(store: Store, brand: BrandRow, numbers: Sequence[str]) -> _Found:
    # Of several erased records of one number, the newest: what was texted lately was texted on that one.
    held = {number: each[-1] for number, each in kept_proof.find_many(store, brand.id, numbers).items()}
    with store.database.read() as session:
        found = contacts.find_many(store, session, brand.id, numbers)
        people = contacts.read_many(store, session, {*found.values(), *held.values()})
        suppressed = suppressions.find(store, session, brand.id, numbers)
    return _Found(
        living={number: people[each] for number, each in found.items() if each in people},
        held={number: people[each] for number, each in held.items() if each in people},
        suppressed=suppressed,
    )


# --- what the record says ----------------------------------------------------------------------------------------


class _Source:
    """What is asked about: texts from one address."""

    def __init__(
        self, store: Store, brand: BrandRow, sender: str, texted: Sequence[Program], at: datetime
    ) -> None:
        self._store, self._brand, self._programs, self._at = store, brand, texted, at
        rows = models.Sender.objects.select_related("account").filter(address=sender)
        senders = [programs.sender_row(each) for each in rows]
        self._senders = [each.id for each in senders]
        self.carrier_answers_stop = any(each.facts.carrier_answers_stop for each in senders)
        self.notes: list[str] = []

    def lines(self, number: str, who: _Found) -> Iterator[Line]:
        found = False
        if (held := who.held.get(number)) is not None:
            yield from self._of_erased(number, held)
            found = True
        if (person := who.living.get(number)) is not None:
            yield from self._of_person(number, person)
            found = True
        if found:
            return
        suppression = who.suppressed.get(number)
        if suppression is None:
            yield Line(number=number, status=Status.UNKNOWN)
        elif suppression.cause == suppressions.ERASED:
            yield Line(number=number, status=Status.ERASED, erased_at=suppression.since)
        else:
            yield Line(number=number, status=Status.UNKNOWN, suppressed_since=suppression.since)

    def _of_erased(self, number: str, person: Contact) -> Iterator[Line]:
        with self._store.database.read() as session:
            row = erasures.read(session, person.id)
        assert row is not None, "somebody was erased by whatever entered the look-up"
        locked = Line(
            number=number,
            status=Status.ERASED_LOCKED,
            contact=person.id,
            erased_at=row.done_at or row.asked_at,
            kept_until=row.retain_until,
        )
        if self._store.vault.seal(person.id) is None:
            yield locked
            return
        for line in self._of_person(number, person):
            yield replace(
                line,
                status=Status.ERASED_KEPT,
                erased_at=locked.erased_at,
                kept_until=locked.kept_until,
            )

    def _of_person(self, number: str, person: Contact) -> Iterator[Line]:
        with self._store.database.read() as session:
            rows = session.rows("events_of_contact", bucket=person.bucket, contact_id=person.id)
            texts = [
                Text(
                    id=MessageId(row[0]), kind=row[1], program=row[2], answers=row[3], at=from_micros(row[4])
                )
                for row in session.rows(
                    "texts_from_senders",
                    bucket=person.bucket,
                    contact_id=person.id,
                    senders=session.ids(self._senders),
                )
            ]
        events = [codec.loads(ConsentEvent, bytes(row[1])) for row in rows]
        spoken = {each.scope.program for each in events} | {each.program for each in texts}
        about = [each for each in self._programs if each.id in spoken]
        if not about and not any(each.scope.program is None for each in events):
            yield Line(number=number, status=Status.UNKNOWN, contact=person.id)
            return
        each: Program | None
        for each in about or (None,):
            yield self._line(number, person, each, told(events, each), texts)

    def _line(
        self, number: str, person: Contact, program: Program | None, story: Story, texts: Sequence[Text]
    ) -> Line:
        theirs = [each for each in texts if program is None or each.program in (None, program.id)]
        about = story.opt_in or next(reversed(story.events), None)
        opened = {
            part: self._receipt(person, event)
            for part, event in (
                (Part.OPT_IN, about),
                (Part.ASKED, story.asked),
                (Part.ENDED, story.ended),
                (Part.RESTARTED, story.restart),
            )
            if event is not None and (part is Part.OPT_IN or event is not about)
        }
        first = _sections(opened.get(Part.ASKED) or opened.get(Part.OPT_IN))
        main = _sections(opened.get(Part.OPT_IN))
        opt_in, asked = story.opt_in, story.asked
        return Line(
            number=number,
            status=status_of(story, program, self._at),
            contact=person.id,
            program=program,
            method=method_of(story),
            source=_source(main),
            opted_in_at=None if opt_in is None else (asked or opt_in).occurred_at,
            zone=_zone(person, number),
            context=_context(first),
            wording=_wording(main, about) or _wording(first, asked),
            confirmed_at=opt_in.occurred_at
            if opt_in is not None and opt_in.kind is EventKind.CONFIRMED
            else None,
            confirmation=self._confirmation(story, theirs),
            restarted_at=None if story.restart is None else story.restart.occurred_at,
            opted_out_at=None if story.ended is None else story.ended.occurred_at,
            last_text_at=theirs[-1].at if theirs else None,
            texts_after=texts_after(story, program, theirs),
            proofs=tuple(self._proofs(person, opened)),
            is_waiting=any(each is not None and each.proof is None for each in opened.values()),
        )

    def _receipt(self, person: Contact, event: ConsentEvent) -> Receipt | None:
        try:
            return receipt_of(self._store, person, event.id)
        except NoReceiptError:  # erased, and so without its words
            return None
        except UnfitTreeError as error:
            if error.message not in self.notes:
                self.notes.append(error.message)
            return None

    def _proofs(self, person: Contact, opened: Mapping[Part, Receipt | None]) -> Iterator[Proof]:
        # The name of whoever had the number before is not for those who ask about it now.
        shown = [each for each in SHOWN if each != "subject" or person.hidden_since is None]
        for part, receipt in opened.items():
            if receipt is None or receipt.proof is None:
                continue
            kept = tuple(each for each in receipt.disclosures if open_disclosure(each)[0] in shown)
            yield Proof(
                part=part,
                index=read_proof(receipt.proof).index,
                body=write_tlog_receipt(replace(receipt, disclosures=kept)),
            )

    def _confirmation(self, story: Story, texts: Sequence[Text]) -> str:
        """The text that told them that they are in, or else the one that asked them."""
        opt_in, asked = story.opt_in, story.asked
        if opt_in is None:
            return ""
        welcomes = (
            each for each in texts if each.kind == MessageKind.WELCOME and each.at >= opt_in.received_at
        )
        requests = (
            each
            for each in texts
            if each.kind == MessageKind.CONSENT_REQUEST and asked is not None and each.answers == asked.id
        )
        found = next(welcomes, None) or next(requests, None)
        if found is None:
            return ""
        with self._store.database.read() as session:
            row = session.first("carriers_own_id", bucket=bucket_of(found.id), message_id=found.id)
        return to_text("msg", found.id) if row is None else str(row[0])


def _sections(receipt: Receipt | None) -> Mapping[str, SectionValue]:
    return {} if receipt is None else dict(open_disclosure(each) for each in receipt.disclosures)


def _context(sections: Mapping[str, SectionValue]) -> Mapping[str, str]:
    context = sections.get("context")
    if not isinstance(context, Mapping):
        return {}
    return {
        name: str(value)
        for name, keys in _CONTEXT.items()
        if (value := next((context[key] for key in keys if context.get(key) is not None), None)) is not None
    }


def _source(sections: Mapping[str, SectionValue]) -> str:
    """Where an imported row says that consent was given."""
    evidence = sections.get("evidence")
    for each in evidence if isinstance(evidence, list) else ():
        row = each.get("row") if isinstance(each, Mapping) else None
        if not isinstance(row, Mapping):
            continue
        with suppress(ImportFileError):
            place = lay_out(list(row)).places.get(Column.CONSENT_SOURCE)
            return "" if place is None else str(list(row.values())[place])
    return ""


def _wording(sections: Mapping[str, SectionValue], event: ConsentEvent | None) -> Wording | None:
    """As it was shown. Where the record was erased, the brand's own copy of it, which is about nobody."""
    notice = sections.get("notice")
    if isinstance(notice, Mapping):
        return Wording(
            sha256=str(notice.get("sha256", "")),
            text=str(notice.get("text", "")),
            language=str(notice.get("lang") or ""),
        )
    if event is None or event.disclosure is None:
        return None
    row = models.Disclosure.objects.filter(pk=event.disclosure).first()
    return None if row is None else Wording(sha256=row.digest, text=row.text, language=row.language)


def _zone(person: Contact, number: str) -> str:
    """The zone in which the person most likely lives; by the number alone where nothing else is kept."""
    if person.places:
        return person.places[0].zone
    try:
        places = places_for(phone.parse(number, country=None))
    except YeswordError:
        return ""
    return places[0].zone if places else ""
