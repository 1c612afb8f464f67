"""The trace that every act about somebody's data leaves: who, what and when, and never the data themselves."""

from yesword.domain.ids import ContactId, to_text
from yesword.store.contacts import Contact
from yesword.store.models import AuditEntry
from yesword.store.opening import Store
from yesword.store.sealing import place


def leave(action: str, subject: str, by: int | None, /, **detail: object) -> None:
    """Called in the transaction of what it tells of. `by`: a user; None: a program did it by itself."""
    AuditEntry.objects.create(user_id=by, action=action, subject=subject, detail=detail)


def about(contact: ContactId) -> str:
    return to_text("con", contact)


def sealed(store: Store, contact: Contact, words: str) -> str:
    """Words that may say anything about the person, under the person's own key; empty where that is gone."""
    seal = store.vault.seal(contact.id)
    return "" if seal is None else seal.close(words.encode(), place("trace", contact.id)).hex()


def digest(store: Store, contact: Contact, field: str, value: str) -> str:
    """Tells two values apart without telling either. Bound to the person's random id, which goes when they are erased."""
    return store.look_up.digest(contact.brand, "fact", f"{contact.subject}:{field}:{value}").hex()[:16]
