"""A program's senders as rows, and which of them each person is texted from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from yesword.domain.errors import YeswordError
from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.messages import MessageKind
from yesword.domain.sender_pools import Pool, PoolSender
from yesword.domain.times import to_micros
from yesword.store import models, programs
from yesword.store.database import Session

if TYPE_CHECKING:
    from yesword.store.outgoing import Plan


class OwnSenderError(YeswordError):
    """{address} is the program's own sender already. Name another one."""

    code = "own_sender"


def of_programs(session: Session, ids: Iterable[int]) -> dict[int, Pool]:
    """The pools of those programs that have one; a program with its own sender only has none."""
    wanted = {
        row[0] for row in session.rows("programs_with_pools", ids=session.ids(sorted(set(ids)))) if row[0]
    }
    return {each: of_program(each) for each in wanted}


def of_program(program: int) -> Pool:
    row = models.Program.objects.select_related("sender__account").get(pk=program)
    further = row.further_senders.select_related("sender__account").order_by("position", "pk")
    placed = [(row.sender, 0), *((each.sender, each.position) for each in further)]
    return Pool(own=row.sender_id, senders=tuple(_member(*each) for each in placed))


def add(program: models.Program, sender: models.Sender, position: int) -> None:
    """Let a program text from one more sender. Raises OwnSenderError where it is its own."""
    if program.sender_id == sender.pk:
        raise OwnSenderError(address=sender.address)
    models.FurtherSender.objects.update_or_create(
        program=program, sender=sender, defaults={"position": position}
    )


def remove(program: models.Program, sender: models.Sender) -> bool:
    """Whoever was texted from it is texted from another one next time. False: it was none of the program's."""
    return bool(models.FurtherSender.objects.filter(program=program, sender=sender).delete()[0])


def assign(session: Session, plans: Sequence["Plan"], at: datetime) -> Sequence["Plan"]:
    """The same texts, each from the sender that suits its person. What answers a text goes out from where that came in."""
    free = [plan for plan in plans if _is_free(plan)]
    pools = of_programs(session, {plan.program or 0 for plan in free}) if free else {}
    if not pools:
        return plans
    kept = _kept(session, {plan.contact for plan in free})
    moved: dict[tuple[int, int], int] = {}
    found = []
    for plan in plans:
        pool = pools.get(plan.program or 0)
        if pool is None or plan.sender != pool.own or not _is_free(plan):
            found.append(plan)
            continue
        key = plan.contact, plan.program or 0
        before = moved.get(key, kept.get(key))
        own = pool.get(pool.own)
        chosen = pool.choose(
            country=plan.country,
            message_class=plan.message_class,
            who=plan.contact,
            kept=before,
            # Words that are there already were written for the program's own sender.
            answers_come_back=plan.body is not None and own is not None and own.facts.can_receive,
        )
        sender = pool.own if chosen is None else chosen.id
        if sender != before:
            moved[key] = sender
        found.append(plan if sender == plan.sender else replace(plan, sender=sender))
    _keep(session, moved, at)
    return found


def _is_free(plan: "Plan") -> bool:
    return (
        plan.program is not None
        and plan.conversation_at is None
        and plan.kind not in {MessageKind.STOP_REPLY, MessageKind.REPLY, MessageKind.HELP_REPLY}
    )


def _kept(session: Session, contacts: Iterable[ContactId]) -> dict[tuple[int, int], int]:
    ids = sorted(contacts)
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    rows = session.rows("senders_of_contacts", ids=session.ids(ids), buckets=buckets)
    return {(contact, program): sender for contact, program, sender in rows}


def _keep(session: Session, moved: Mapping[tuple[int, int], int], at: datetime) -> None:
    """In one order, so that two that plan for the same people do not wait for each other in a circle."""
    session.many(
        "keep_sender",
        [
            {
                "bucket": bucket_of(ContactId(contact)),
                "contact_id": contact,
                "program_id": program,
                "sender_id": sender,
                "since": to_micros(at),
            }
            for (contact, program), sender in sorted(moved.items())
        ],
    )


def _member(sender: models.Sender, position: int) -> PoolSender:
    row = programs.sender_row(sender)
    return PoolSender(
        id=row.id,
        account=row.account,
        position=position,
        facts=row.facts,
        countries=frozenset(sender.countries),
        classes=frozenset(sender.classes),
    )
