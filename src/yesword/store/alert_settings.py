"""Where alerts go, sealed under a key of the folder of keys: an address of somebody who works here stands in no row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from yesword.domain import standard_webhooks
from yesword.store import hook_secrets
from yesword.store.models import AlertSettings
from yesword.store.opening import Store

_KIND = "alerts"
_ROW = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """By letter, by webhook, by both, or not at all."""

    mail: str = field(default="", repr=False)
    webhook: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)  # signs what the webhook is told
    language: str = "en"
    unwanted: Sequence[str] = ()  # kinds that nobody wants to hear of

    @property
    def leads_somewhere(self) -> bool:
        return bool(self.mail or self.webhook)


def read(store: Store) -> Route:
    """Raises UnreadableError where the key is not the one that sealed it."""
    row = AlertSettings.objects.filter(pk=_ROW).first()
    if row is None or not row.sealed:
        return Route()
    found = hook_secrets.open_(store.folder, _KIND, _ROW, bytes(row.sealed))
    return Route(
        mail=found["mail"],
        webhook=found["webhook"],
        secret=found["secret"],
        language=row.language,
        unwanted=tuple(row.kinds),
    )


def write(store: Store, route: Route) -> Route:
    """With a secret, which is made with the first webhook and stays."""
    secret = route.secret or (standard_webhooks.new_secret() if route.webhook else "")
    said = {"mail": route.mail, "webhook": route.webhook, "secret": secret}
    AlertSettings.objects.update_or_create(
        pk=_ROW,
        defaults={
            "sealed": hook_secrets.close(store.folder, _KIND, _ROW, said),
            "language": route.language,
            "kinds": sorted(route.unwanted),
        },
    )
    return read(store)
