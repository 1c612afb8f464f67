"""A person's data, on their page: what they may ask for, and how that stands. What is done about it is in
`person_access`, `person_rectifying`, `person_restricting` and `person_erasing`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.urls import reverse

from yesword.accounts.rights import Right
from yesword.domain.ids import ContactId, to_text
from yesword.privacy.owners import second_proof_until
from yesword.store import erasures
from yesword.store.contacts import Contact
from yesword.store.erasures import KEYLESS, STOPPED, WIPED, ErasureRow
from yesword.web.console.acting import may_use
from yesword.web.installation import store


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """What was typed about a restriction, and why it was not taken."""

    reason: str
    error: str
    was_told: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DataView:
    """`console/person_data.html`."""

    contact: str  # `con_…`
    restricted_since: datetime | None
    is_being_erased: bool  # it was begun, and has not come to its end
    may_download: bool
    known_until: datetime | None  # that whoever asks is the person was confirmed, and counts until then
    rectify_url: str
    erase_url: str
    refused: Refused | None = None


def shown(request: HttpRequest, person: Contact, refused: Refused | None = None) -> DataView:
    name = to_text("con", person.id)
    begun = erasure_of(person.id)
    return DataView(
        contact=name,
        restricted_since=person.restricted_since,
        is_being_erased=is_half_done(begun),
        may_download=may_use(request, Right.NUMBERS),
        known_until=second_proof_until(store(), person, datetime.now(UTC)),
        rectify_url=reverse("console:person-rectify", args=[name]),
        erase_url=reverse("console:person-erase", args=[name]),
        refused=refused,
    )


def erasure_of(contact: ContactId) -> ErasureRow | None:
    with store().database.read() as session:
        return erasures.read(session, contact)


def is_half_done(row: ErasureRow | None) -> bool:
    return row is not None and row.stage in (STOPPED, KEYLESS, WIPED)
