"""WooCommerce: orders, with the answer to a box at the checkout in `meta_data`.

Signed by `X-WC-Webhook-Signature`, base64 of the HMAC of the body. Which entry of `meta_data` the box writes is the
shop's own choice, so it is a setting. The first call of a new webhook is a ping: a form, `webhook_id=…`, that is not
signed. What answers it by anything but 200 is told to the shop as an error, and gets no orders.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Course,
    Fields,
    Told,
    UnreadableHookError,
    Wish,
    listed,
    parse,
    part,
    text,
    utc_moment,
    wish,
)
from yesword.domain.collecting.signatures import Signature

SIGNATURE: Final = Signature(header="x-wc-webhook-signature", encoding="base64")
DELIVERY: Final = "x-wc-webhook-delivery-id"
TOPIC: Final = "x-wc-webhook-topic"
CONSENT: Final = "sms_consent"  # the entry of `meta_data`, where a source names no other
_PING: Final = re.compile(rb"webhook_id=[0-9]{1,20}")
_TOPICS: Final = frozenset({"order.created", "order.updated"})
_OVER: Final = frozenset({"completed", "cancelled", "refunded", "failed", "trash"})


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether it says nothing but that a webhook was made. Anybody can say that, so nothing may follow from it."""
    return SIGNATURE.header not in headers and _PING.fullmatch(body) is not None


def read(headers: Mapping[str, str], body: bytes, fields: Fields = USUAL) -> tuple[Told, ...]:
    """Raises UnreadableHookError."""
    topic = headers.get(TOPIC, "")
    if topic not in _TOPICS:
        return ()
    order = parse(body)
    ref, status = text(order.get("id")), text(order.get("status"))
    if not ref:
        raise UnreadableHookError(what="the order has no id")
    billing = part(order, "billing")
    key = fields.consent or CONSENT
    given = _meta(order, key)
    names = (text(billing.get("first_name")), text(billing.get("last_name")))
    row = {
        "topic": topic,
        "order": ref,
        "meta_key": key,
        "meta_value": text(given),
        "date_created_gmt": text(order.get("date_created_gmt")),
    }
    course = Course.OPENS if topic == "order.created" else Course.NEITHER
    return (
        Told(
            ref=ref,
            origin=f"woocommerce {topic}",
            number=text(billing.get("phone")),
            country=text(billing.get("country"))[:2].upper(),
            name=" ".join(each for each in names if each),
            mail=text(billing.get("email")),
            # An order that is changed repeats what was said when it was made: only that counts.
            wish=wish(given) if topic == "order.created" else Wish.UNSAID,
            said_at=utc_moment(order.get("date_created_gmt")),
            course=Course.CLOSES if status in _OVER else course,
            closing=status if status in _OVER else "",
            row={name: value for name, value in row.items() if value},
        ),
    )


def _meta(order: Mapping[str, Any], key: str) -> Any:
    return next((each.get("value") for each in listed(order, "meta_data") if each.get("key") == key), None)
