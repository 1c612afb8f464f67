"""The daily step: each consent that is due gets its one reminder, goes on where silence keeps it, and ends where it does not.

Only programs that turned it on take part. Every step looks first at what is there, so that it may be taken again: by a
second worker, after a crash, or by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.consent import keep, lapse
from yesword.domain import composing
from yesword.domain.decisions import Verdict
from yesword.domain.facts import MessageFacts
from yesword.domain.gate.plan import plan_for
from yesword.domain.ids import BrandId, ContactId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Program
from yesword.domain.shipped_texts import NoShippedTextError
from yesword.sending.renewals import PAGE, Outlook, offer_of, outlooks, told_of, usual_text
from yesword.sending.weighing import Scales
from yesword.sending.writing import day_for
from yesword.store import contacts, models, outgoing, programs
from yesword.store.database import Session
from yesword.store.opening import Store

EVERY: Final = timedelta(days=1)
_CHUNK: Final = 50  # people a transaction: so long the write lock is held


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What was done: texts queued, consents that went on in silence, and consents that ended."""

    reminded: int = 0
    kept: int = 0
    lapsed: int = 0

    def __add__(self, other: "Done") -> "Done":
        return Done(
            reminded=self.reminded + other.reminded,
            kept=self.kept + other.kept,
            lapsed=self.lapsed + other.lapsed,
        )


def advance(store: Store, scales: Scales, at: datetime) -> int:
    """Look at the next page of people of each brand whose daily round is due or running. How many were looked at."""
    looked_at = 0
    for brand in models.Brand.objects.order_by("pk").values_list("pk", flat=True):
        of = _renewing(BrandId(brand))
        if of:
            looked_at += _next_page(store, scales, BrandId(brand), of, at)
    return looked_at


def _next_page(store: Store, scales: Scales, brand: BrandId, of: Sequence[Program], at: datetime) -> int:
    rounds = models.RenewalRound.objects
    row, _ = rounds.get_or_create(brand_id=brand, defaults={"started_at": at})
    if row.is_done:
        if at - row.started_at < EVERY:
            return 0
        fresh = {"is_done": False, "cursor": 0, "started_at": at}
        if not rounds.filter(brand_id=brand, is_done=True, started_at=row.started_at).update(**fresh):
            return 0
        row.cursor = 0
    with store.database.read() as session:
        ids = contacts.page_after(session, brand, row.cursor, PAGE)
    # Who moves the cursor has the page. Should they die over it, the people come up again tomorrow.
    moved = rounds.filter(brand_id=brand, is_done=False, cursor=row.cursor).update(
        cursor=ids[-1] if ids else row.cursor, is_done=len(ids) < PAGE
    )
    if not moved:
        return 0
    attend(store, scales, of, ids, at)
    return len(ids)


def run(store: Store, scales: Scales, at: datetime) -> Done:
    """The whole step at once, for everybody, whenever the last one was."""
    done = Done()
    for brand in models.Brand.objects.order_by("pk").values_list("pk", flat=True):
        of, cursor = _renewing(BrandId(brand)), 0
        while of:
            with store.database.read() as session:
                ids = contacts.page_after(session, BrandId(brand), cursor, PAGE)
            done += attend(store, scales, of, ids, at)
            if len(ids) < PAGE:
                break
            cursor = ids[-1]
    return done


def follow_up(store: Store, scales: Scales, reminded: Sequence[tuple[int, ContactId]], at: datetime) -> Done:
    """The same for a few people, by brand, to whom reminders have just gone: what silence keeps is kept from now."""
    done = Done()
    for brand in sorted({brand for brand, _ in reminded}):
        people = [contact for of, contact in reminded if of == brand]
        done += attend(store, scales, _renewing(BrandId(brand)), people, at)
    return done


def _renewing(brand: BrandId) -> list[Program]:
    return [program for program in programs.of_brand(brand) if program.renews]


def attend(
    store: Store, scales: Scales, of: Sequence[Program], ids: Sequence[ContactId], at: datetime
) -> Done:
    """Do for each of these people what is due by now."""
    scales.refresh()
    with store.database.read() as session:
        found = outlooks(store, session, scales, of, ids, at)
    done = Done()
    for start in range(0, len(found), _CHUNK):
        chunk = found[start : start + _CHUNK]
        planned = [(each, _reminder(scales, each, at)) for each in chunk]
        with store.database.write() as session:
            for each, plan in planned:
                done += _settle(store, session, each, plan, at)
    return done


def _settle(
    store: Store, session: Session, outlook: Outlook, plan: outgoing.Plan | None, at: datetime
) -> Done:
    """Write what follows for one consent, if the person's record is still as it was looked at."""
    person, program = outlook.person, outlook.program
    over, going_on = outlook.lapsed(at), outlook.kept(at)
    if over is None and going_on is None and plan is None:
        return Done()
    standing = session.first("raise_standing", events=0, bucket=person.bucket, contact_id=person.id)
    if standing is None or standing[0] != outlook.state.seq:
        return Done()
    brand = programs.brand(program.brand)
    if over is not None:
        rule, over_at = over.rule.id, over.over_at
        lapse(store, session, brand, person, program, outlook.grant, rule, over_at, at)
        return Done(lapsed=1)
    seal = store.vault.seal(person.id)
    if seal is None:
        return Done()
    if going_on is not None:
        term, said = going_on
        keep(store, session, brand, person, program, outlook.grant, said.reminder(seal), term.rule.id, at)
        return Done(kept=1)
    if plan is None or len(told_of(session, person.id, outlook.grant.event)) != len(outlook.told):
        return Done()  # another worker was quicker
    outgoing.insert(store, session, [plan], {person.id: seal}, at)
    return Done(reminded=1)


def _reminder(scales: Scales, outlook: Outlook, at: datetime) -> outgoing.Plan | None:
    """The one text that is due, if it is and if it may go within the day; else the next round looks again."""
    if outlook.is_told(at) or outlook.lapsed(at) is not None:
        return None
    program, person, grant = outlook.program, outlook.person, outlook.grant
    ends_at = outlook.ends_at(at)
    ends_on = None if ends_at is None else day_for(person, ends_at)
    key = "renewal_notice" if ends_at is None else "renewal_question"
    try:
        text = composing.about_consent(key, program, person.language, day_for(person, grant.since), ends_on)
    except NoShippedTextError:
        return None  # a program file without it is refused; nobody else's reminder has to wait for it
    offer = offer_of(
        scales,
        program,
        MessageFacts(
            message_class=MessageClass.INFORMATIONAL,
            kind=MessageKind.RENEWAL,
            categories=program.categories,
            planned_seq=outlook.state.seq,
            send_by=ends_at,
        ),
    )
    found = scales.weigh(offer, person, outlook.state, outlook.before, text, at)
    decision = found.decision
    may_go = decision.verdict is Verdict.SEND or (
        decision.verdict is Verdict.WAIT
        and decision.not_before is not None
        and decision.not_before <= at + EVERY
    )
    if not may_go:
        return None
    return outgoing.Plan(
        brand=program.brand,
        contact=person.id,
        program=program.id,
        program_version=program.version,
        sender=offer.sender.id,
        message_class=MessageClass.INFORMATIONAL,
        kind=MessageKind.RENEWAL,
        planned_seq=outlook.state.seq,
        due_at=_decent_hour(scales, outlook, at),
        language=program.texts_in(person.language)[0],
        country=person.country,
        body=text,
        categories=program.categories,
        send_by=ends_at,
        answers=grant.event,
    )


def _decent_hour(scales: Scales, outlook: Outlook, at: datetime) -> datetime:
    """When the program's own texts may go: a reminder that the law lets go at night can wait for the morning, too."""
    usual = usual_text(scales, outlook.program)
    facts = scales.facts(usual, outlook.person, outlook.state, outlook.before, None, at)
    return plan_for(facts, scales.rules, at).doors.first_open(at) or at
