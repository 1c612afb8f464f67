"""Furnishing a store for the demo: the brand, its people with a past, and somebody who can sign in."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from yesword.channels.memory import MemoryCarrier
from yesword.demo.brand import Demo, make_brand
from yesword.demo.seed import seed_people
from yesword.domain.rules import RuleBook
from yesword.store import models
from yesword.store.opening import Store
from yesword.worker.channels import accounts
from yesword.worker.dispatcher import dispatching

NAME = "demo"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    name: str
    password: str


def furnish(store: Store, now: datetime | None = None) -> SignIn:
    """Make the demo where it is not made yet. The past is real: each text went through the verbs and the gate."""
    _give_a_past(store, make_brand(store), now or datetime.now(UTC))
    return _sign_in(store)


def _give_a_past(store: Store, demo: Demo, now: datetime) -> None:
    clock = [now]
    carrier = MemoryCarrier(reports=1.0)
    channels = {account.pk: carrier.channel(account=account.key) for account in accounts()}
    with dispatching(store, channels, RuleBook.load(), clock=lambda: clock[0]) as dispatcher:

        def settle(at: datetime) -> None:
            clock[0] = at
            dispatcher.settle()

        seed_people(store, demo, now, settle)


def _sign_in(store: Store) -> SignIn:
    """One account for the demo; its password is made once and kept beside the store, for its owner only."""
    path = store.folder / "demo-sign-in"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    password = path.read_text()
    user = models.User.objects.filter(name=NAME).first()
    if user is None:
        user = models.User(name=NAME, display_name="Demo", role=models.User.Role.OWNER)
    if not user.check_password(password):
        user.set_password(password)
        user.save()
    return SignIn(name=NAME, password=password)
