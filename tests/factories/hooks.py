"""Other systems for tests: sources on a world's points, and calls of theirs, signed as each of them signs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factories.points import published
from factories.worlds import World, publish
from yesword.collect import sources
from yesword.collect.points import Point
from yesword.collect.sources import NewSource, Secrets, Source
from yesword.domain import standard_webhooks
from yesword.domain.collecting.hooks import Provider
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.providers import greenhouse, meta, shopify, woocommerce
from yesword.domain.collecting.signatures import sign_stamped
from yesword.domain.messages import MessageClass
from yesword.domain.programs import OptIn, Program
from yesword.store import models

DATA = Path(__file__).parents[1] / "data" / "hooks"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def raw(name: str) -> bytes:
    return (DATA / name).read_bytes()


def changed(name: str, *path: Any, to: Any) -> bytes:
    found = json.loads(raw(name))
    inner = found
    for each in path[:-1]:
        inner = inner[each]
    inner[path[-1]] = to
    return json.dumps(found).encode()


def point_for(here: World, provider: Provider, key: str = "", **changes: Any) -> Point:
    usual = {"kind": provider.kind, "confirming": Confirming.NONE}
    return published(here, key or f"{provider.value}-box", **(usual | changes))


def deliveries(here: World, key: str = "parcels") -> Program:
    """A program that promotes nothing, for texts about orders."""
    sender = models.Sender.objects.get(address=here.club.sender)
    brand = models.Brand.objects.get(pk=here.club.brand)
    return publish(
        brand,
        sender,
        key=key,
        name="Parcels",
        purpose="deliveries",
        categories=(),
        message_class=MessageClass.INFORMATIONAL,
        opt_in=OptIn.SINGLE,
        keywords=("PARCEL",),
    )


def source_of(here: World, provider: Provider, *, point: Point | None = None, **more: Any) -> Source:
    secrets = more.pop("secrets", Secrets(secret=SECRET, verify="meatyhamhock", token="graph-token"))
    return sources.add(
        here.store,
        NewSource(
            brand=here.club.brand,
            provider=provider,
            name=f"Our {provider.value}",
            point=(point or point_for(here, provider)).key,
            secrets=secrets,
            **more,
        ),
    )


def signed(
    provider: Provider, body: bytes, *, at: datetime | None = None, topic: str = "", delivery: str = "d-1"
) -> dict[str, str]:
    """The headers of a call, as the test client takes them."""
    at = at or datetime.now(UTC)
    found = {
        Provider.SHOPIFY: lambda: {
            shopify.SIGNATURE.header: shopify.SIGNATURE.sign(SECRET, body),
            shopify.TOPIC: topic or "orders/create",
            shopify.DELIVERY: delivery,
        },
        Provider.WOOCOMMERCE: lambda: {
            woocommerce.SIGNATURE.header: woocommerce.SIGNATURE.sign(SECRET, body),
            woocommerce.TOPIC: topic or "order.created",
            woocommerce.DELIVERY: delivery,
        },
        Provider.META: lambda: {meta.SIGNATURE.header: meta.SIGNATURE.sign(SECRET, body)},
        Provider.GOOGLE: dict,
        Provider.TIKTOK: lambda: {"tiktok-signature": sign_stamped(SECRET, body, at)},
        Provider.GREENHOUSE: lambda: {
            greenhouse.SIGNATURE.header: greenhouse.SIGNATURE.sign(SECRET, body),
            greenhouse.DELIVERY: delivery,
        },
        Provider.ATS: lambda: standard_webhooks.headers(SECRET, delivery, at, body),
    }[provider]()
    return {name.title(): value for name, value in found.items()}
