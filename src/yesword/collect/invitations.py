"""One invitation by e-mail, as whoever got it knows it: the words in its links, who is meant, and what they did with it.

The words are signed with a key of their own and say nothing. Each opens one thing only: who has the link to the page
cannot end letters with it, and who has the one that ends them cannot see the page.
"""

import base64
import binascii
import enum
import functools
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from yesword.collect import points
from yesword.domain import phone
from yesword.domain.ids import BrandId, ContactId
from yesword.domain.phone import PhoneNumber
from yesword.mail import addresses
from yesword.store import contacts, invitations, invitees, models, programs
from yesword.store.database import Session
from yesword.store.invitations import Invitation, Step
from yesword.store.keyfiles import named_key
from yesword.store.opening import Store

KEY: Final = "invitations.key"
LASTS: Final = timedelta(days=90)  # the link to the page; the way out lasts for good
ROUTE: Final = "email_link"
_ID_BYTES: Final = 8
_MAC_BYTES: Final = 12
LENGTH: Final = 32  # characters of a word


class Opens(enum.StrEnum):
    """What the word of a link opens."""

    PAGE = "page"
    REPLY = "reply"  # it stands in the address that answers go to
    WAY_OUT = "way_out"
    PICTURE = "picture"  # by which it is known that a letter was opened
    LETTER = "letter"  # it stands in the message id, which bounces bring back


def word(store: Store, invitation: int, opens: Opens) -> str:
    """Letters a to z and digits 2 to 7, so that it survives programs that write addresses in capitals."""
    data = invitation.to_bytes(_ID_BYTES, "big")
    return base64.b32encode(data + _mac(store.folder, data, opens)).decode("ascii").lower()


def read_word(store: Store, written: str, opens: Opens) -> int | None:
    """The invitation; None where the word is not one of ours, was altered, or opens something else."""
    if len(written) != LENGTH or not written.isascii():
        return None
    try:
        data = base64.b32decode(written.upper())
    except binascii.Error:
        return None
    head, mac = data[:_ID_BYTES], data[_ID_BYTES:]
    if not hmac.compare_digest(mac, _mac(store.folder, head, opens)):
        return None
    return int.from_bytes(head, "big")


def _mac(folder: Path, data: bytes, opens: Opens) -> bytes:
    return hmac.digest(_key(folder), f"{opens.value}:".encode() + data, hashlib.sha256)[:_MAC_BYTES]


@functools.lru_cache(maxsize=8)
def _key(folder: Path) -> bytes:
    return named_key(folder, KEY, may_create=True)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Invited:
    """Who a link was made for, as far as a page may know it. It shows the number masked: a letter can be passed on."""

    invitation: int
    brand: BrandId
    point: str  # the key of the page that it leads to
    contact: ContactId
    name: str
    language: str
    number: PhoneNumber | None
    mail: str = ""  # masked: who has the letter has seen the address; who was passed it on may know by it

    @property
    def masked(self) -> str:
        """Enough to know one's own number by; empty where none is known."""
        return "" if self.number is None else f"…{self.number.e164[-2:]}"


def invited(store: Store, written: str, at: datetime) -> Invited | None:
    """None where the word opens no page, the person is gone, or the link is older than 90 days."""
    invitation = read_word(store, written, Opens.PAGE)
    if invitation is None:
        return None
    with store.database.read() as session:
        row = invitations.read(session, invitation)
        person = None if row is None else contacts.read(store, session, row.contact)
        if row is None or person is None or person.erased_at is not None or _is_old(row, at):
            return None
        number = number_of(store, session, row)
        mail = invitees.mails(store, session, [row.contact]).get(row.contact, "")
    campaign = models.InvitationCampaign.objects.select_related("point").get(pk=row.campaign)
    return Invited(
        invitation=row.id,
        brand=row.brand,
        point=campaign.point.key,
        contact=row.contact,
        name=person.name,
        language=person.language,
        number=number,
        mail=addresses.mask(mail) if mail else "",
    )


def _is_old(row: Invitation, at: datetime) -> bool:
    return row.sent_at is not None and at > row.sent_at + LASTS


def number_of(store: Store, session: Session, row: Invitation) -> PhoneNumber | None:
    """The number that the brand has of the person; not one that they typed on a page, which may be anybody's."""
    people = contacts.read_many(store, session, [each for each in (row.contact, row.known) if each])
    found = next((each for each in people.values() if each.number and each.may_text), None)
    return None if found is None or found.number is None else phone.parse(found.number, country=None)


def note(store: Store, written: str, opens: Opens, step: Step, at: datetime) -> bool:
    """Count that a letter was opened or its link followed. False: the word is none of ours."""
    invitation = read_word(store, written, opens)
    if invitation is None:
        return False
    with store.database.write() as session:
        invitations.note(session, invitation, step, at)
    return True


def note_sign_up(
    store: Store, who: Invited, number: PhoneNumber, at: datetime, *, is_passed_on: bool = False
) -> None:
    """They sent the page with this number. Whether it joins is for the handset to say; this remembers whose letter led to it.

    `is_passed_on`: they say that the letter was written to somebody else.
    """
    with store.database.read() as session:
        joined = contacts.find(store, session, who.brand, number.e164)
    if joined is None:
        ((joined, _),) = contacts.prepare(store, who.brand, [number.e164])
    with store.database.write() as session:
        invitations.note_signed_up(session, who.invitation, joined, at, is_passed_on=is_passed_on)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Leaving:
    """What a page shows before letters end."""

    invitation: int
    brand_name: str
    language: str
    masked: str  # the address
    is_over: bool  # nothing more is written already
    privacy_url: str
    support: str


def leaving(store: Store, written: str) -> Leaving | None:
    """None where the word is none of ours, or the person is gone."""
    invitation = read_word(store, written, Opens.WAY_OUT)
    with store.database.read() as session:
        row = None if invitation is None else invitations.read(session, invitation)
        person = None if row is None else contacts.read(store, session, row.contact)
        if row is None or person is None:
            return None
        mail = invitees.mails(store, session, [row.contact]).get(row.contact, "")
        is_over = bool(mail and invitees.suppressed(store, session, row.brand, [mail]))
    campaign = models.InvitationCampaign.objects.select_related("point__program").get(pk=row.campaign)
    program = points.program_of(campaign.point)
    return Leaving(
        invitation=row.id,
        brand_name=programs.brand(row.brand).name,
        language=person.language,
        masked=addresses.mask(mail) if mail else "",
        is_over=is_over,
        privacy_url=program.privacy_url,
        support=program.support,
    )


def end_letters(store: Store, invitation: int, cause: str, at: datetime) -> bool:
    """Write to the person by e-mail no more. Their texts stay as they are: that is another permission. False: nobody is there."""
    with store.database.write() as session:
        return end_within(store, session, invitation, cause, at)


def end_within(store: Store, session: Session, invitation: int, cause: str, at: datetime) -> bool:
    row = invitations.read(session, invitation)
    if row is None:
        return False
    mail = invitees.mails(store, session, [row.contact]).get(row.contact)
    if mail is not None:
        invitees.suppress(store, session, row.brand, mail, cause, at)
    invitations.note(session, invitation, _STEP_OF.get(cause, Step.LEFT), at)
    invitations.bar_others(session, row.contact, cause)
    return True


_STEP_OF: Final = {invitees.BOUNCED: Step.BOUNCED}
