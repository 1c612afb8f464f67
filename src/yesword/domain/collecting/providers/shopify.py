"""Shopify: orders and customers, with what the customer chose about marketing texts.

Signed by `X-Shopify-Hmac-Sha256`, base64 of the HMAC of the body. `sms_marketing_consent` stands on the customer:
`state`, `opt_in_level`, `consent_updated_at`, `consent_collected_from`. Its level `confirmed_opt_in` is Shopify's claim
that the handset said yes to Shopify; we have not seen it.
"""

from collections.abc import Mapping
from typing import Any, Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Course,
    Fields,
    Told,
    UnreadableHookError,
    Wish,
    moment,
    parse,
    part,
    text,
)
from yesword.domain.collecting.signatures import Signature

SIGNATURE: Final = Signature(header="x-shopify-hmac-sha256", encoding="base64")
DELIVERY: Final = "x-shopify-webhook-id"
TOPIC: Final = "x-shopify-topic"

_STATES: Final = {
    "subscribed": Wish.YES,
    "not_subscribed": Wish.NO,
    "unsubscribed": Wish.ENDED,
    "redacted": Wish.ENDED,
}
_ORDERS: Final = {
    "orders/create": Course.OPENS,
    "orders/updated": Course.NEITHER,
    "orders/fulfilled": Course.CLOSES,
    "orders/cancelled": Course.CLOSES,
}
_CUSTOMERS: Final = frozenset({"customers/create", "customers/update", "customers_marketing_consent/update"})
_CONFIRMED: Final = "confirmed_opt_in"


def read(headers: Mapping[str, str], body: bytes, fields: Fields = USUAL) -> tuple[Told, ...]:  # noqa: ARG001 - all have one
    """Nothing for topics that say nothing here. Raises UnreadableHookError."""
    topic = headers.get(TOPIC, "")
    found = parse(body)
    if topic in _ORDERS:
        return (_order(topic, found),)
    return (_customer(topic, found, found, {}),) if topic in _CUSTOMERS else ()


def _order(topic: str, order: Mapping[str, Any]) -> Told:
    ref = text(order.get("id"))
    if not ref:
        raise UnreadableHookError(what="the order has no id")
    course, closing = _ORDERS[topic], topic.partition("/")[2]
    if text(order.get("cancelled_at")):
        course, closing = Course.CLOSES, "cancelled"
    elif text(order.get("fulfillment_status")) == "fulfilled":
        course, closing = Course.CLOSES, "fulfilled"
    return _customer(
        topic, part(order, "customer"), order, {"course": course, "ref": ref, "closing": closing}
    )


def _customer(
    topic: str, customer: Mapping[str, Any], message: Mapping[str, Any], more: Mapping[str, Any]
) -> Told:
    consent = part(customer, "sms_marketing_consent")
    address = part(message, "shipping_address") or part(customer, "default_address")
    # Consent is the customer's own number's. Only without one, an order is about the number of its delivery.
    number = text(customer.get("phone"))
    wish = _STATES.get(text(consent.get("state")), Wish.UNSAID)
    if wish is Wish.NO and not text(consent.get("consent_updated_at")):
        wish = Wish.UNSAID  # where every customer begins, asked or not
    if not number:
        number, wish = text(message.get("phone")) or text(address.get("phone")), _never_yes(wish)
    names = (text(customer.get("first_name")), text(customer.get("last_name")))
    level = text(consent.get("opt_in_level"))
    row = {
        "topic": topic,
        "customer": text(customer.get("id") or customer.get("customer_id")),
        "state": text(consent.get("state")),
        "opt_in_level": level,
        "consent_updated_at": text(consent.get("consent_updated_at")),
        "consent_collected_from": text(consent.get("consent_collected_from")),
    }
    return Told(
        **{
            "ref": row["customer"],
            "origin": f"shopify {topic}",
            "number": number,
            "country": text(address.get("country_code"))[:2].upper(),
            "name": " ".join(each for each in names if each),
            "mail": text(customer.get("email")),
            "language": text(message.get("customer_locale"))[:2].lower(),
            "wish": wish,
            "said_at": moment(consent.get("consent_updated_at")),
            "is_confirmed": level == _CONFIRMED,
            "row": {name: value for name, value in row.items() if value},
            **more,
        }
    )


def _never_yes(wish: Wish) -> Wish:
    return Wish.UNSAID if wish is Wish.YES else wish
