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


def tell_others(session: Session, told: Sequence[tuple[Store, datetime, Changed]]) -> None:
    """One look a brand where nobody listens. The state that is told is the one after all of these events."""
    for brand in {contact.brand for _, _, (contact, _, _) in told}:
        endpoints = webhooks.listening(session, brand, WebhookKind.CONSENT_CHANGED)
        if not endpoints:
            continue
        keys = dict(models.Program.objects.filter(brand_id=brand).values_list("pk", "key"))
        for store, at, (contact, events, state) in told:
            if contact.brand == brand:
                notices = (
                    webhooks.consent_changed(contact, event, state, keys.get(event.scope.program or 0))
                    for event in events
                )
                webhooks.tell(store, session, endpoints, notices, at)
