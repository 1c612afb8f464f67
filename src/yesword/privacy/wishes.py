"""What a person does about their own data by themselves, once they have proven their handset; and what they ask of the brand.

That they may is for whoever calls to know: see `owners`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.understanding import Right
from yesword.privacy import traces
from yesword.privacy.erasing import REQUESTED, Plan, StillSendingError, Wish, erase, plan
from yesword.privacy.restricting import Restricted, restrict
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import PrivacyRequest, State
from yesword.store.contacts import Contact
from yesword.store.opening import Store

ROUTE: Final = "own_page"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """What became of an erasure."""

    plan: Plan  # as it was carried out
    is_ended: bool  # False: a text is on its way; they are stopped, and the rest ends by itself


def erase_now(store: Store, contact: Contact, at: datetime) -> Gone:
    """Stop and erase the person, and close what they had asked for. Raises NobodyToEraseError."""
    planned = plan(store, contact.id, at)
    with store.database.write():  # before: whoever looks afterwards finds who began it
        traces.leave("privacy.erase", traces.about(contact.id), None, ground=REQUESTED, route=ROUTE)
    is_ended = True
    try:
        erase(store, contact.id, Wish(ground=REQUESTED), at)
    except StillSendingError:
        is_ended = False
    with store.database.write() as session:
        for each in privacy_requests.of_contact(store, session, contact.id):
            if each.state is State.OPEN:
                privacy_requests.close(store, session, each.id, None, at)
    return Gone(plan=planned, is_ended=is_ended)


def restrict_now(store: Store, contact: Contact, at: datetime) -> Restricted:
    """Keep what is held of the person, and use it for nothing."""
    return restrict(store, contact, "asked for on their own page", None, at)


def ask_brand(store: Store, contact: Contact, right: Right, at: datetime) -> PrivacyRequest:
    """What somebody of the brand has to look at first: kept once, with its clock."""
    with store.database.write() as session:
        # Locked, so that two wishes at once make one request.
        session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
        request, is_new = privacy_requests.keep(store, session, contact, right, None, at)
        if is_new:
            traces.leave("privacy.asked", traces.about(contact.id), None, right=right.value, route=ROUTE)
    return request


def note_access(store: Store, contact: Contact, *, is_second_proof: bool) -> None:
    """The trace of the person having seen, or taken, what is held of them."""
    with store.database.write():
        traces.leave(
            "privacy.accessed", traces.about(contact.id), None, is_second_proof=is_second_proof, route=ROUTE
        )
