"""Others who want to hear of every change of consent: told by way of an outbox, in the transaction of the change itself."""

from collections.abc import Sequence
from datetime import datetime

from yesword.domain.events import ConsentEvent
from yesword.domain.state import ConsentState
from yesword.store import models, webhooks
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.webhooks import WebhookKind

Changed = tuple[Contact, Sequence[ConsentEvent], ConsentState]


def tell_others(store: Store, session: Session, changed: Sequence[Changed], at: datetime) -> None:
    """One look a brand where nobody listens. The state that is told is the one after all of these events."""
    for brand in {contact.brand for contact, _, _ in changed}:
        endpoints = webhooks.listening(session, brand, WebhookKind.CONSENT_CHANGED)
        if not endpoints:
            continue
        here = [each for each in changed if each[0].brand == brand]
        keys = dict(models.Program.objects.filter(brand_id=brand).values_list("pk", "key"))
        notices = (
            webhooks.consent_changed(contact, event, state, keys.get(event.scope.program or 0))
            for contact, events, state in here
            for event in events
        )
        webhooks.tell(store, session, endpoints, notices, at)
