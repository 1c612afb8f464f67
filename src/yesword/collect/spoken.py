"""Spoken consent: a colleague reads the script aloud, hears a yes, and attests to it with place and time.

The script is the wording of a point, so its version is pinned by its digest; the statement itself is kept as evidence
under the person's key. A carrier who asks how spoken consent is taken is shown the same parts.
"""

import enum
import json
from dataclasses import dataclass
from datetime import datetime

from yesword.collect.joining import Joined, Joining, join
from yesword.collect.offline import foresee
from yesword.collect.points import Point
from yesword.consent import Act
from yesword.domain.collecting.asking import Course
from yesword.domain.collecting.offline import Way, way
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.errors import YeswordError
from yesword.domain.events import Basis
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import MediaType
from yesword.domain.phone import PhoneNumber
from yesword.domain.times import iso_millis
from yesword.proof.evidence.files import AcceptedFile, accept
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest

ROUTE = "spoken"


class Place(enum.StrEnum):
    COUNTER = "counter"
    PHONE = "phone"
    JOB_FAIR = "job_fair"
    EVENT = "event"
    DOOR = "door"


class FutureSpokenError(YeswordError):
    """The person cannot have said yes at {at}, which is still to come."""

    code = "spoken_in_future"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Spoken:
    """What a colleague attests to."""

    point: Point
    number: PhoneNumber
    language: str
    place: Place
    said_at: datetime
    agent: str  # the name of whoever read the script
    confirms: bool
    where: str = ""  # "Utrecht job fair, stand 12"
    name: str = ""
    user: int | None = None


def script(point: Point, language: str) -> str:
    """What is read aloud, to the letter."""
    return consent_text(point.definition, point.program, language)


def preview(store: Store, told: Spoken, at: datetime) -> Course:
    return foresee(store, told.point, told.number, _way(told, at), told.said_at, at)


def record(store: Store, told: Spoken, at: datetime) -> Joined:
    """Raises FutureSpokenError."""
    if told.said_at > at:
        raise FutureSpokenError(at=told.said_at.isoformat())
    how, point = _way(told, at), told.point
    act = Act(
        actor=how.actor,
        route=ROUTE,
        occurred_at=told.said_at,
        received_at=at,
        language=told.language,
        wording=script(point, told.language),
        context={
            "place": told.place.value,
            **({"where": told.where} if told.where else {}),
            **({} if told.user is None else {"user": told.user}),
        },
    )
    joining = Joining(
        brand=point.brand,
        program=point.program,
        number=told.number,
        act=act,
        confirming=how.confirming,
        point=point,
        name=told.name,
        files=(statement(told, at),),
        basis=Basis.EXPRESS,  # nothing was signed
    )
    return join(store, joining, at)


def statement(told: Spoken, at: datetime) -> AcceptedFile:
    """What the colleague attests to, as a file of evidence. It names no number: it is kept with the person."""
    words = script(told.point, told.language)
    said = {
        "statement": "I read the script to the person, and they said yes.",
        "agent": told.agent,
        "place": told.place.value,
        "where": told.where,
        "said_at": iso_millis(told.said_at),
        "written_at": iso_millis(at),
        "script": {
            "point": told.point.key,
            "version": told.point.version,
            "sha256": told.point.digest,
            "language": told.language,
            "text": words,
            "text_sha256": disclosure_digest(words),
        },
    }
    data = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return accept(EvidenceKind.ATTESTATION, data, MediaType.JSON.value)


def _way(told: Spoken, at: datetime) -> Way:
    return way(confirms=told.confirms, said_at=told.said_at, at=at)
