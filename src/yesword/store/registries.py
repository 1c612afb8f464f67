"""What registries said of people's numbers: kept by contact, so that a claim finds it without a number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.facts import Listed, RegistryFact
from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswers:
    """How many answers of one registry are kept, and from when."""

    registry: str
    people: int
    listed: int
    oldest_at: datetime
    newest_at: datetime


def keep(session: Session, answers: Sequence[tuple[ContactId, RegistryFact]]) -> int:
    """Keep the newest answer of each registry about each person. How many changed something."""
    rows = [
        {
            "bucket": bucket_of(contact),
            "contact_id": contact,
            "registry": answer.registry,
            "listed": int(answer.listed is Listed.YES),
            "checked_at": to_micros(answer.checked_at),
            "since": None if answer.since is None else to_micros(answer.since),
        }
        for contact, answer in sorted(answers, key=lambda each: each[0])
    ]
    return session.many("keep_registry_answer", rows)


def is_empty(session: Session) -> bool:
    """Whether no registry ever said anything, as in most installations: then nobody has to look."""
    row = session.first("has_registry_answers")
    return row is None or not row[0]


def answers(session: Session, ids: Iterable[ContactId]) -> Mapping[ContactId, tuple[RegistryFact, ...]]:
    """Those of the people about whom there are any."""
    wanted = sorted(set(ids))
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    found: dict[ContactId, tuple[RegistryFact, ...]] = {}
    for contact, registry, listed, checked_at, since in session.rows(
        "registry_answers", ids=session.ids(wanted), buckets=buckets
    ):
        answer = RegistryFact(
            registry=registry,
            listed=Listed.YES if listed else Listed.NO,
            checked_at=from_micros(checked_at),
            since=None if since is None else from_micros(since),
        )
        found[ContactId(contact)] = (*found.get(ContactId(contact), ()), answer)
    return found


def kept(session: Session) -> list[KeptAnswers]:
    return [
        KeptAnswers(
            registry=registry,
            people=people,
            listed=int(listed),
            oldest_at=from_micros(oldest),
            newest_at=from_micros(newest),
        )
        for registry, people, listed, oldest, newest in session.rows("count_registry_answers")
    ]
