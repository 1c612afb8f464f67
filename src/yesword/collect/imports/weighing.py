"""What a row may change, given what the record holds of the person: the rules, without any writing.

Three rules make a second reading of the same rows harmless and a stop final:

- Who has stopped, said no or been erased is left alone. Only the handset brings a person back.
- A grant that stands is not granted again; and a claim that was once written is not written again, even where what it
  granted has ended since.
- An opt-out that was once written, or that is older than the person's own return from the handset, ends nothing again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.collect.imports.claims import Claim
from yesword.collect.imports.drafting import ROUTE
from yesword.collect.imports.report import Outcome
from yesword.collect.imports.whereabouts import NOTHING_STATED, more_places
from yesword.domain import codec
from yesword.domain.events import SUPPRESSION, Actor, Basis, ConsentEvent, EventKind, Grade
from yesword.domain.ids import ContactId, ProgramId, bucket_of
from yesword.domain.parties import RecipientKind, Relation
from yesword.domain.places import Place
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.store import contact_marks, contacts
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

DATED_STOP: Final = "imported_opt_out"
UNDATED_STOP: Final = "imported_opt_out_undated"
UNDONE: Final = "import_undone"  # the route by which what an import granted is taken back
# A conversation or an open order permits something, but is no membership.
_AGREED: Final = (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)
_MEMBERSHIP: Final = (*_AGREED, Basis.CUSTOMER)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Facts:
    """What is known of a person beside permission."""

    name: str
    language: str
    attributes: Mapping[str, str]
    places: tuple[Place, ...]
    recipient: RecipientKind


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Change:
    """What is to be done for one known person."""

    claim: Claim
    contact: Contact
    outcome: Outcome
    writes_event: bool = False
    facts: Facts | None = None

    @property
    def is_needed(self) -> bool:
        return self.writes_event or self.facts is not None


def weigh(
    store: Store, session: Session, program: ProgramId, known: Sequence[tuple[Claim, ContactId]]
) -> list[Change]:
    """What these rows change for people who are known already."""
    ids = [contact_id for _, contact_id in known]
    people = contacts.read_many(store, session, ids)
    standings = contacts.standings(session, ids)
    states = {contact_id: standings[contact_id].state for contact_id in ids}
    events = events_of(
        session,
        [
            contact_id
            for claim, contact_id in known
            if _asks_the_record(claim, states[contact_id], people[contact_id], program)
        ],
    )
    return [
        _change(claim, people[contact_id], states[contact_id], program, events.get(contact_id, ()))
        for claim, contact_id in known
    ]


def _change(
    claim: Claim,
    person: Contact,
    state: ConsentState,
    program: ProgramId,
    events: Sequence[ConsentEvent],
) -> Change:
    if claim.judged.is_opt_out:
        outcome = _of_opt_out(claim, state, events)
        writes = outcome is Outcome.STOPPED or (
            outcome is Outcome.ALREADY_STOPPED and _is_said_anew(claim, state)
        )
        return Change(claim=claim, contact=person, outcome=outcome, writes_event=writes)
    if _has_left(state, person, program):
        return Change(claim=claim, contact=person, outcome=Outcome.KEPT_STOPPED)
    undone = {event.answers for event in events if event.route == UNDONE}
    writes_event = not _has_joined(claim, state, program) and not any(
        event.id not in undone and _is_same_claim(event, claim, program) for event in events
    )
    facts = _news(claim, person)
    is_news = writes_event or facts is not None
    return Change(
        claim=claim,
        contact=person,
        outcome=Outcome.UPDATED if is_news else Outcome.UNCHANGED,
        writes_event=writes_event,
        facts=facts,
    )


def outcome_of_stopped(claim: Claim) -> Outcome:
    """For a number that is suppressed: what was ended stays so, whoever brings it back."""
    return Outcome.ALREADY_STOPPED if claim.judged.is_opt_out else Outcome.KEPT_STOPPED


def _asks_the_record(claim: Claim, state: ConsentState, person: Contact, program: ProgramId) -> bool:
    """Whether the state alone does not decide, so that the person's events must be read."""
    if claim.judged.is_opt_out:
        return bool(state.grants) or state.withdrawal_for(None) is None
    return not _has_left(state, person, program) and not _has_joined(claim, state, program)


def _has_left(state: ConsentState, person: Contact, program: ProgramId) -> bool:
    return (
        person.number is None
        # An erasure and a change of owner end everything, so the fold holds them as withdrawals too.
        or state.withdrawal_for(program) is not None
        # Their own no, from the handset, outweighs what somebody else's file says.
        or any(each.program in (None, program) for each in state.refusals)
    )


def _has_joined(claim: Claim, state: ConsentState, program: ProgramId) -> bool:
    """Whether what stands is as much as what the row claims, or more."""
    grants = [grant for grant in state.grants if grant.scope.program in (None, program)]
    if claim.judged.basis is Basis.CUSTOMER:
        # Who agreed is a customer all the same; and the law counts from the newest purchase.
        return any(grant.relation is not None and _is_as_new(grant.relation, claim) for grant in grants)
    enough = _MEMBERSHIP if claim.judged.basis is None else _AGREED
    return any(grant.basis in enough for grant in grants)


def _is_as_new(known: Relation, claim: Claim) -> bool:
    claimed = claim.judged.relation
    return claimed is None or known.at > claimed.at or known == claimed


def _is_same_claim(event: ConsentEvent, claim: Claim, program: ProgramId) -> bool:
    if (event.kind, event.actor, event.scope.program) != (EventKind.GRANTED, Actor.IMPORT, program):
        return False
    if claim.judged.grade is Grade.E:
        return True  # a bare claim adds nothing to one that stands
    # The wording does not part two claims: who agreed at one moment agreed once.
    return (event.grade, event.occurred_at, event.relation) == (
        Grade.D,
        claim.judged.consented_at,
        claim.judged.relation,
    )


def _of_opt_out(claim: Claim, state: ConsentState, events: Sequence[ConsentEvent]) -> Outcome:
    if not state.grants and state.withdrawal_for(None) is not None:
        return Outcome.ALREADY_STOPPED
    if any(_is_same_stop(event, claim) for event in events):
        return Outcome.CAME_BACK
    stopped_at = claim.judged.consented_at
    if (
        state.grants
        and stopped_at is not None
        and all(grant.is_confirmed and grant.since > stopped_at for grant in state.grants)
    ):
        return Outcome.CAME_BACK
    return Outcome.STOPPED


def _is_said_anew(claim: Claim, state: ConsentState) -> bool:
    """Of somebody who is out already: whether the record does not know yet that they were out as late as this row says.

    A START may have been texted before it that nobody has read yet: this stop has to stand after it.
    """
    known = [each for each in state.withdrawals if each.scope.program is None]
    stopped_at = claim.judged.consented_at
    if stopped_at is None:  # such a row tells the same stop ever again
        return all(each.route != ROUTE for each in known)
    return all(each.at < stopped_at for each in known)


def _is_same_stop(event: ConsentEvent, claim: Claim) -> bool:
    # Who was not known then was suppressed, and is stopped by that when they are met.
    is_ours = event.actor is Actor.IMPORT or (event.actor, event.route) == (Actor.SYSTEM, SUPPRESSION)
    if event.kind is not EventKind.WITHDRAWN or not is_ours:
        return False
    if claim.judged.consented_at is None:
        return event.reason == UNDATED_STOP
    return event.reason == DATED_STOP and event.occurred_at == claim.judged.consented_at


def _news(claim: Claim, person: Contact) -> Facts | None:
    """What the row says that is not known; what it leaves open stays as it is.

    Where somebody else has the number since, only what was said after that is of them.
    """
    if person.hidden_since is not None and not _is_said_after(person.hidden_since, claim):
        return None
    attributes = {**person.attributes, **dict(claim.attributes)}
    facts = Facts(
        name=claim.name or person.name,
        language=claim.language or person.language,
        attributes=attributes,
        places=_places(claim, person),
        recipient=claim.recipient or person.recipient,
    )
    same = Facts(
        name=person.name,
        language=person.language,
        attributes=dict(person.attributes),
        places=person.places,
        recipient=person.recipient,
    )
    return None if facts == same and person.hidden_since is None else facts


def _is_said_after(moment: datetime, claim: Claim) -> bool:
    said_at = claim.judged.consented_at
    return said_at is not None and said_at > moment


def _places(claim: Claim, person: Contact) -> tuple[Place, ...]:
    if claim.whereabouts == NOTHING_STATED:
        return person.places
    return more_places(person.places, claim.judged.number, claim.whereabouts)


def events_of(session: Session, ids: Iterable[ContactId]) -> dict[ContactId, list[ConsentEvent]]:
    """What the record holds of these people, by person."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    found: dict[ContactId, list[ConsentEvent]] = {}
    for row in session.rows("events_of_contacts", ids=session.ids(wanted), buckets=buckets):
        found.setdefault(ContactId(row[0]), []).append(codec.loads(ConsentEvent, bytes(row[1])))
    return found


def update_facts(store: Store, session: Session, changes: Sequence[Change]) -> None:
    session.many(
        "update_contact_facts",
        [
            {
                "bucket": change.contact.bucket,
                "id": change.contact.id,
                "name": change.facts.name,
                "language": change.facts.language,
                "attributes": json.dumps(dict(change.facts.attributes), ensure_ascii=False),
                "places": codec.dumps(change.facts.places),
                "recipient": change.facts.recipient.value,
                "hidden_since": 0 if hidden_since is None else to_micros(hidden_since),
            }
            for change in sorted(changes, key=lambda each: each.contact.id)
            for hidden_since in [change.contact.hidden_since]
            if change.facts is not None
        ],
    )
    contact_marks.renew(store, session, [change.contact.id for change in changes if change.facts is not None])
