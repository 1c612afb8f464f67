"""One contact of two: somebody who was written to by e-mail signs up behind the letter, and the handset says yes.

A letter can be passed on, and any number can be typed: so nothing is put together before the handset of that number has
confirmed, nor where whoever signed up says that the letter was somebody else's, nor where either side is known otherwise.
"""

from datetime import datetime, timedelta
from typing import Final

from yesword.store import contacts, invitations, invitees
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

# The yes has to be that of the sign-up: a question lapses in a day, and a text may take a while.
FRESH: Final = timedelta(hours=25)


def put_together(store: Store, session: Session, contact: Contact, at: datetime) -> bool:
    """After a yes from the handset, in its transaction. `contact`: who has the number. Whether somebody became them."""
    if contact.number is None or contact.hidden_since is not None or contact.restricted_since is not None:
        return False
    candidates = invitations.that_led_to(session, contact.id, contact.brand, at - FRESH)
    others = list(dict.fromkeys(each for each in candidates if each != contact.id))
    # Two letters to two addresses cannot both be theirs for certain; nor one, where an address is known already.
    if len(others) != 1 or invitees.mails(store, session, [contact.id]):
        return False
    (other,) = others
    invitee = contacts.read(store, session, other)
    if invitee is None or not invitees.merge(store, session, other, contact.id):
        return False
    known = contacts.read(store, session, contact.id)  # with what they have just said of themselves
    if known is not None:
        contacts.learn(store, session, known, invitee.name, invitee.attributes)
    return True
