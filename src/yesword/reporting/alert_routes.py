"""Changing where alerts go: checked, sealed, and with a trace that tells what was changed and not to whom."""

from collections.abc import Collection
from dataclasses import replace

from yesword.mail import addresses
from yesword.sending import webhooks
from yesword.store import alert_settings
from yesword.store.alert_settings import Route
from yesword.store.models import AuditEntry
from yesword.store.opening import Store


def change(
    store: Store,
    user: int | None,
    *,
    on_machine: str = "",
    mail: str | None = None,
    webhook: str | None = None,
    language: str | None = None,
    off: Collection[str] = (),
    on: Collection[str] = (),
) -> tuple[Route, bool]:
    """What is None stays; what is empty ends. The route, and whether its secret is new and has to be shown once.

    Raises BadAddressError, GatewayAddressError, BadEndpointError.
    """
    before = alert_settings.read(store)
    wanted = before
    if mail is not None:
        wanted = replace(wanted, mail=addresses.parse(mail) if mail.strip() else "")
    if webhook is not None and webhook.strip() != before.webhook:
        if webhook.strip():
            webhooks.check_url(webhook.strip())
        # Whoever is told from now on knows nothing of the secret of those who were told before.
        wanted = replace(wanted, webhook=webhook.strip(), secret="")
    wanted = replace(
        wanted,
        language=language or before.language,
        unwanted=tuple(sorted({*before.unwanted, *off} - set(on))),
    )
    with store.database.write():
        kept = alert_settings.write(store, wanted)
        AuditEntry.objects.create(
            user_id=user,
            action="alerts.set",
            subject="alerts",
            detail={
                "mail": bool(kept.mail),
                "webhook": bool(kept.webhook),
                "language": kept.language,
                "off": list(kept.unwanted),
            }
            | ({"on_machine": on_machine} if on_machine else {}),
        )
    return kept, bool(kept.secret) and kept.secret != before.secret
