"""Texts that an HTTP provider brings: signed as Twilio signs them, to the real web process, until each is stored and acted on."""

import base64
import hmac
import secrets
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from django.db import connections

from yesword.bench import calling, pages, smpp
from yesword.bench.rows import Figure, compared
from yesword.bench.scratch import ADDRESS
from yesword.domain.errors import YeswordError
from yesword.sending import carriers
from yesword.store import account_secrets, models
from yesword.store.opening import Store

_ACCOUNT_SID: Final = "AC" + "0" * 32
_WARM: Final = 200


class NotTakenError(YeswordError):
    """Of {texts} texts that were brought over HTTP, {kept} are stored, and {refused} calls were refused: this is not taking in."""

    code = "bench_not_taken"


def figures(store: Store, people: Sequence[str], text: str, name: str) -> Iterator[Figure]:
    """`people`: numbers, each of which texts once."""
    port = pages.free_port()
    base = f"http://{calling.HOST}:{port}"
    token = secrets.token_hex(16)
    account_secrets.set_one(store, smpp.NAME, "auth_token", token)
    models.Account.objects.filter(key=smpp.NAME).update(
        channel="twilio", settings={"account_sid": _ACCOUNT_SID, "public_url": base}
    )
    url = carriers.callback_url(store, smpp.NAME, base)
    calls = signed(url, token, [(number, ADDRESS, text) for number in people])
    with pages.web_process(store, port):
        calling.posted(port, url.removeprefix(base), calls[:_WARM])
        bare = calling.posted(port, calling.HEALTH, [({}, None)] * len(calls[_WARM:]))
        limit = Figure(
            name=f"bare calls over HTTP, {name}", value=round(len(calls[_WARM:]) / bare.seconds), unit="1/s"
        )
        yield limit
        before = _kept(store)
        taken = calling.posted(port, url.removeprefix(base), calls[_WARM:])
        kept = _kept(store) - before
    if kept != len(calls) - _WARM or taken.refused:
        raise NotTakenError(texts=len(calls) - _WARM, kept=kept, refused=taken.refused)
    yield compared(
        Figure(
            name=f"texts in over HTTP, understood and durable, {name}",
            value=round(kept / taken.seconds),
            unit="1/s",
        ),
        limit,
    )


def signed(url: str, token: str, texts: Sequence[tuple[str, str, str]]) -> list[calling.Call]:
    """Calls as Twilio makes them, each with a text: from, to and what it says.

    https://www.twilio.com/docs/usage/security#validating-requests
    """
    calls: list[calling.Call] = []
    for place, (sender, to, text) in enumerate(texts):
        fields = {
            "AccountSid": _ACCOUNT_SID,
            "Body": text,
            "From": sender,
            "MessageSid": f"SM{place:032x}",
            "NumMedia": "0",
            "SmsStatus": "received",
            "To": to,
        }
        said = url + "".join(each + fields[each] for each in sorted(fields))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": base64.b64encode(
                hmac.digest(token.encode(), said.encode(), "sha1")
            ).decode(),
        }
        calls.append((headers, urlencode(fields).encode()))
    return calls


def _kept(store: Store) -> int:
    with connections[store.database.alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbound_text")
        return int(cursor.fetchone()[0])
