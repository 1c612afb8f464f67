"""Telling others what the outbox holds: signed, tried again with growing pauses, and written down.

As Standard Webhooks recommends: an id that stays the same at every try, a signature over id, time and body, pauses from
seconds to a day with some chance in them, and an endpoint that is switched off when it has failed for days or says 410.
No redirect is followed, and what an endpoint answers is looked at for its status only.
"""

import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain import ids, standard_webhooks
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store import contacts, hook_secrets
from yesword.store.database import Row
from yesword.store.models import WebhookEndpoint
from yesword.store.opening import Store
from yesword.store.sealing import UnreadableError
from yesword.store.webhooks import PREFIX, WebhookKind

KIND: Final = "webhook_endpoint"  # of its secret
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER: Final = 0.2  # of a pause, either way, so that what failed together does not come back together
OFF_AFTER: Final = timedelta(days=5)
KEPT: Final = timedelta(days=30)
TIMEOUT_S: Final = 15.0
_LONGEST_REST: Final = timedelta(minutes=30)  # of a whole endpoint, after a failure
_LEASE: Final = timedelta(minutes=3)
_AT_ONCE: Final = 100
_THREADS: Final = 8
_GONE: Final = 410
_ASKS_TO_WAIT: Final = frozenset({429, 503})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_SHOWN: Final = 120


class BadEndpointError(YeswordError):
    """The endpoint cannot be kept: {what}."""

    code = "bad_endpoint"


class NoSuchEndpointError(YeswordError):
    """There is no endpoint {id}. `yesword webhook list` shows those that there are."""

    code = "no_such_endpoint"


class NoSuchDeliveryError(YeswordError):
    """There is no delivery {id} that could be told again: it is older than a month, or its person was erased."""

    code = "no_such_delivery"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One thing that one endpoint was told, or is to be."""

    id: str
    kind: str
    body: str
    created_at: datetime
    due_at: datetime
    tries: int
    delivered_at: datetime | None
    ended_at: datetime | None
    status: int | None
    trouble: str


# --- endpoints -----------------------------------------------------------------------------------------------


def add(
    store: Store, brand: BrandId, url: str, kinds: Sequence[WebhookKind], *, with_number: bool = False
) -> tuple[WebhookEndpoint, str]:
    """The endpoint and its secret, which is shown now and never again. Raises BadEndpointError."""
    check_url(url)
    if not kinds:
        raise BadEndpointError(what="it is to hear of nothing")
    row = WebhookEndpoint.objects.create(
        brand_id=brand,
        url=url,
        kinds=",".join(each.value for each in kinds),
        with_number=with_number,
        sealed=b"",
        is_on=False,  # until its secret is there
    )
    secret = standard_webhooks.new_secret()
    row.sealed = hook_secrets.close(store.folder, KIND, row.pk, {"secret": secret})
    row.is_on = True
    row.save(update_fields=["sealed", "is_on"])
    return row, secret


def check_url(url: str) -> None:
    """Raises BadEndpointError."""
    try:
        found = urllib.parse.urlsplit(url)
    except ValueError:
        raise BadEndpointError(what="its address cannot be read") from None
    if found.scheme != "https" and not (found.scheme == "http" and found.hostname in _LOOPBACK):
        raise BadEndpointError(what="its address does not begin with https://")
    if found.username or found.password or found.fragment:
        raise BadEndpointError(what="its address holds a name, a password or a fragment")


def endpoint(endpoint_id: int) -> WebhookEndpoint:
    """Raises NoSuchEndpointError."""
    row = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if row is None:
        raise NoSuchEndpointError(id=endpoint_id)
    return row


def endpoints_of(brand: BrandId | None = None) -> Sequence[WebhookEndpoint]:
    rows = WebhookEndpoint.objects.select_related("brand").order_by("pk")
    return list(rows if brand is None else rows.filter(brand_id=brand))


def switch(endpoint_id: int, *, is_on: bool) -> None:
    """Off: what happens meanwhile is not kept for it. On: what waited before goes on."""
    changed = WebhookEndpoint.objects.filter(pk=endpoint_id).update(
        is_on=is_on,
        off_because="" if is_on else "by_hand",
        failing_since=None,
        failures=0,
        rests_until=None,
    )
    if not changed:
        raise NoSuchEndpointError(id=endpoint_id)


# --- the log -------------------------------------------------------------------------------------------------


def deliveries(store: Store, endpoint_id: int, count: int = 50) -> list[Delivery]:
    """The newest first."""
    with store.database.read() as session:
        rows = session.rows("deliveries_of_endpoint", endpoint_id=endpoint_id, count=count)
    return [_delivery(row) for row in rows]


def counts(store: Store, endpoint_id: int) -> tuple[int, int, int]:
    """How many wait, were delivered, and were given up, of the last month."""
    with store.database.read() as session:
        row = session.first("count_deliveries", endpoint_id=endpoint_id)
    return (0, 0, 0) if row is None else (int(row[0]), int(row[1]), int(row[2]))


def replay(store: Store, delivery: str, at: datetime) -> None:
    """Tell one thing again, under the same id. Raises NoSuchDeliveryError."""
    row_id = ids.from_text(PREFIX, delivery)
    with store.database.write() as session:
        if not session.run("replay_delivery", bucket=bucket_of(row_id), id=row_id, now=to_micros(at)):
            raise NoSuchDeliveryError(id=delivery)


def replay_failed(store: Store, endpoint_id: int, since: datetime, at: datetime) -> int:
    """Tell again all that was not delivered since a moment. The number of them."""
    with store.database.write() as session:
        return session.run(
            "replay_failed", endpoint_id=endpoint_id, since=to_micros(since), now=to_micros(at)
        )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=ids.to_text(PREFIX, row[0]),
        kind=row[1],
        body=row[3],
        created_at=from_micros(row[4]),
        due_at=from_micros(row[5]),
        tries=row[6],
        delivered_at=None if row[7] is None else from_micros(row[7]),
        ended_at=None if row[8] is None else from_micros(row[8]),
        status=row[9],
        trouble=row[10],
    )


# --- telling -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Letter:
    row: int
    due_at: int
    tries: int  # before this one
    endpoint: int
    url: str
    secret: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What an endpoint answered: its status, or why there was none."""

    status: int | None = None
    trouble: str = ""
    wait_s: float = 0.0  # that it asks for

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


Post = Callable[[str, dict[str, str], bytes], Outcome]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        """What is told goes to the address that was given, and to no other."""
        return


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def post(url: str, headers: dict[str, str], body: bytes) -> Outcome:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - checked when it was added
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
            return Outcome(status=answer.status)
    except urllib.error.HTTPError as error:
        with error:
            asked = error.headers.get("Retry-After", "") if error.code in _ASKS_TO_WAIT else ""
            return Outcome(
                status=error.code,
                trouble=f"it answers {error.code}",
                wait_s=min(86_400.0, float(asked)) if asked.isascii() and asked.isdecimal() else 0.0,
            )
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None)
        return Outcome(trouble=type(reason if isinstance(reason, Exception) else error).__name__)


def deliver_due(
    store: Store, at: datetime, send: Post = post, chance: Callable[[], float] = random.random
) -> int:
    """Tell what is due, each endpoint in its order and all of them beside each other. The number that was tried.

    An endpoint that fails is left alone for a while, with all that it still has to hear.
    """
    letters = _leased(store, at)
    if not letters:
        return 0
    queues: dict[int, list[_Letter]] = {}
    for each in letters:
        queues.setdefault(each.endpoint, []).append(each)
    with ThreadPoolExecutor(min(_THREADS, len(queues))) as pool:
        told = [
            pair
            for pairs in pool.map(lambda queue: _tell(queue, at, send), queues.values())
            for pair in pairs
        ]
    tried = 0
    for letter, outcome in told:
        if outcome is None:
            _give_back(store, letter)
            continue
        tried += 1
        _settle(store, letter, outcome, at, chance)
    return tried


def _leased(store: Store, at: datetime) -> list[_Letter]:
    """What is due and ours for now: another process leaves it alone until the lease is over."""
    found: list[_Letter] = []
    with store.database.read() as session:
        rows = session.rows("due_deliveries", now=to_micros(at), at=_stored(store, at), count=_AT_ONCE)
    endpoints = {row.pk: row for row in WebhookEndpoint.objects.filter(pk__in={row[1] for row in rows})}
    for row_id, endpoint_id, _, contact, body, _, tries, due_at in rows:
        row = endpoints.get(endpoint_id)
        if row is None:
            continue
        with store.database.write() as session:
            until = to_micros(at + _LEASE)
            if not session.run(
                "lease_delivery", bucket=bucket_of(row_id), id=row_id, due_at=due_at, until=until
            ):
                continue
        secret = hook_secrets.open_(store.folder, KIND, row.pk, bytes(row.sealed))["secret"]
        is_with_number = row.with_number and contact is not None
        said = _with_number(store, body, ContactId(contact)) if is_with_number else body
        found.append(
            _Letter(
                row=row_id,
                due_at=due_at,
                tries=tries,
                endpoint=endpoint_id,
                url=row.url,
                secret=secret,
                body=said.encode(),
            )
        )
    return found


def _stored(store: Store, at: datetime) -> object:
    """A moment as the ORM writes it, for a comparison with one of its columns."""
    if store.database.vendor == "postgresql":
        return at
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _with_number(store: Store, body: str, contact: ContactId) -> str:
    """Put in only now: who was erased meanwhile has none any more."""
    with store.database.read() as session:
        try:
            person = contacts.read(store, session, contact)
        except UnreadableError:
            person = None
    said = json.loads(body)
    said["data"]["number"] = None if person is None or person.erased_at else person.number
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def _tell(queue: Sequence[_Letter], at: datetime, send: Post) -> list[tuple[_Letter, Outcome | None]]:
    """In a thread, without the store. After a failure the rest is not tried, nor is what a slow endpoint leaves no time for:
    nobody else's wait for it, and what is signed is not old when it comes.
    """
    told: list[tuple[_Letter, Outcome | None]] = []
    has_failed, until = False, time.monotonic() + TIMEOUT_S
    for letter in queue:
        if has_failed or time.monotonic() > until:
            told.append((letter, None))
            continue
        signed = standard_webhooks.headers(letter.secret, ids.to_text(PREFIX, letter.row), at, letter.body)
        headers = {"Content-Type": "application/json", "User-Agent": "Yesword", **signed}
        outcome = send(letter.url, headers, letter.body)
        has_failed = not outcome.is_delivered
        told.append((letter, outcome))
    return told


def _give_back(store: Store, letter: _Letter) -> None:
    with store.database.write() as session:
        session.run("give_back_delivery", bucket=bucket_of(letter.row), id=letter.row, due_at=letter.due_at)


def _settle(
    store: Store, letter: _Letter, outcome: Outcome, at: datetime, chance: Callable[[], float]
) -> None:
    due_at, ended_at = at, at
    is_over = outcome.is_delivered or outcome.status == _GONE or letter.tries >= len(PAUSES)
    if not is_over:
        pause = PAUSES[letter.tries] * (1 + JITTER * (2 * chance() - 1))
        due_at = at + max(pause, timedelta(seconds=outcome.wait_s))
    with store.database.write() as session:
        session.run(
            "settle_delivery",
            bucket=bucket_of(letter.row),
            id=letter.row,
            delivered_at=to_micros(at) if outcome.is_delivered else None,
            ended_at=to_micros(ended_at) if is_over else None,
            is_over=int(is_over),
            due_at=to_micros(due_at),
            status=outcome.status,
            trouble=outcome.trouble[:_SHOWN],
        )
        _note(letter, outcome, at)


def _note(letter: _Letter, outcome: Outcome, at: datetime) -> None:
    """How the endpoint fares as a whole. What else an operator changes of it meanwhile stays changed."""
    fares = ["failing_since", "failures", "rests_until", "last_delivered_at"]
    row = WebhookEndpoint.objects.filter(pk=letter.endpoint).first()
    if row is None:
        return
    if outcome.is_delivered:
        row.failing_since, row.failures, row.rests_until = None, 0, None
        row.last_delivered_at = at
    else:
        row.failing_since = row.failing_since or at
        rest = min(_LONGEST_REST, PAUSES[min(row.failures, len(PAUSES) - 1)])
        row.rests_until = at + max(rest, timedelta(seconds=outcome.wait_s))
        row.failures += 1
        is_gone = outcome.status == _GONE
        if is_gone or at - row.failing_since >= OFF_AFTER:
            row.is_on, row.off_because = False, "gone" if is_gone else "failed_for_days"
            fares += ["is_on", "off_because"]
    row.save(update_fields=fares)


def purge(store: Store, at: datetime) -> int:
    with store.database.write() as session:
        return session.run("purge_deliveries", before=to_micros(at - KEPT))
