"""Everything that a brand holds about one person, as values. Collecting it is in `access`; how it is written, elsewhere.

What is withheld is none the less counted: whoever asks is told that there is more, and what would show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yesword.domain.ages import SaidAge
from yesword.domain.decisions import Sentence
from yesword.domain.retention import Part


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Whereabout:
    """A place where the person may be, and what says so."""

    country: str
    region: str | None
    zone: str
    concluded_from: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Identity:
    """`name` and `attributes` are empty, too, where they are withheld."""

    subject: str  # the random id that exports name the person by
    number: str | None
    number_country: str
    number_kind: str
    mail: str | None
    invited_at: tuple[datetime, ...]  # by e-mail, to join by text
    name: str
    language: str
    attributes: Mapping[str, str]
    places: tuple[Whereabout, ...]
    recipient: str
    adult_since: datetime | None
    said_age: SaidAge | None  # younger than of age
    source: str
    since: datetime
    restricted_since: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Occurrence:
    """One event of the record. Without `is_shown_whole`, what was said and where is withheld, or no longer kept."""

    id: str
    kind: str
    program: str
    method: str
    actor: str
    occurred_at: datetime
    received_at: datetime
    recorded_at: datetime
    basis: str | None
    grade: str | None
    language: str | None
    reason: str | None
    wording: str  # exactly as it was shown
    wording_sha256: str | None
    context: Mapping[str, Any]
    evidence: tuple[Mapping[str, Any], ...]  # an imported row with all its cells
    is_shown_whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Permitted:
    """How it stands now between the person and one program."""

    program: str
    name: str
    purpose: str
    categories: tuple[str, ...]
    may_text: bool
    sentence: Sentence


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SentText:
    id: str
    created_at: datetime
    handed_at: datetime | None
    sender: str
    program: str
    kind: str
    state: str
    text: str | None  # None: withheld, or no longer kept
    why: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReceivedText:
    """A text of the person's own, and what it was taken for."""

    id: str
    received_at: datetime
    sent_to: str
    text: str | None
    read_as: tuple[str, ...]
    rule: str
    confidence: float
    was_misread: bool


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asked:
    """What the person asked of the brand about their data."""

    asks_for: str
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What a registry said of the number."""

    registry: str
    is_listed: bool
    checked_at: datetime
    since: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContestEntry:
    """What somebody entered in a contest. With the salt they can show that the published digest is of their entry."""

    contest: str
    answer: str
    entered_at: datetime
    said_yes: str
    digest: str
    salt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    id: str
    kind: str
    media_type: str
    size: int
    kept_at: datetime
    purge_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Who else gets to see some of it."""

    kind: str  # carrier, registry
    name: str
    channel: str
    gets: Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """For how long one part is kept, and why."""

    part: Part
    until: datetime | None
    sentence: Sentence
    ground: str
    citation: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """What is not shown: by number of rows, so that nothing is silently missing."""

    name: bool
    attributes: bool
    events: int  # of somebody who had the number before: not even told of
    details: int  # events that are told of, without what was said and where
    sent_texts: int
    received_texts: int
    requests: int
    reassigned_at: datetime | None

    @property
    def is_anything(self) -> bool:
        return bool(
            self.name
            or self.attributes
            or self.events
            or self.details
            or self.sent_texts
            or self.received_texts
            or self.requests
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Controller:
    """Who answers for all this, and to whom one may complain."""

    name: str
    country: str
    address: str
    contacts: tuple[str, ...]
    authority: str  # empty where none of that country is known
    authority_site: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Holding:
    made_at: datetime
    controller: Controller
    identity: Identity
    permitted: tuple[Permitted, ...]
    record: tuple[Occurrence, ...]
    sent: tuple[SentText, ...]
    received: tuple[ReceivedText, ...]
    requests: tuple[Asked, ...]
    registries: tuple[Listing, ...]
    contests: tuple[ContestEntry, ...]
    files: tuple[File, ...]
    suppressed_since: datetime | None
    suppressed_because: str
    recipients: tuple[Recipient, ...]
    kept: tuple[Kept, ...]
    rights: tuple[Sentence, ...]
    withheld: Withheld
