"""A shop's own server tells of the box at its checkout: one call, with a key that speaks for this one point.

The shop says which wording it showed, by its digest; only one that the point has published may be meant. What is
answered never tells whether the number is known here.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.collect import points, reversing
from yesword.collect.hearsay import MOST_AGE, number_in
from yesword.collect.joining import Joining, NobodyThereError, join_within, prepared
from yesword.collect.points import NoSuchPointError, Point
from yesword.collect.reversing import Code, Shown
from yesword.consent import Act, Draft, append
from yesword.consent.record import row_evidence
from yesword.domain.collecting.asking import FRESH
from yesword.domain.collecting.hooks import CLOCKS_DIFFER, moment, text
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.phone import PhoneNumber
from yesword.domain.times import to_micros
from yesword.ledger.entry import JsonObject
from yesword.store import contacts, models, programs
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest

_PREFIX: Final = "ywk_"
_HINT: Final = 9
_MOST_ORDER: Final = 80
_KNOWN: Final = frozenset(
    {"number", "consent", "language", "occurred_at", "wording_sha256", "order", "country", "name"}
)


class UnknownKeyError(YeswordError):
    """The key is not known for this point. `yesword point key` makes one."""

    code = "unknown_point_key"


class BadCallError(YeswordError):
    """The call cannot be taken: {what}."""

    code = "bad_call"


class FixedLineError(YeswordError):
    """The number is a fixed line, which gets no texts, so the consent is not taken. Ask for a mobile number."""

    code = "number_type"


class OtherWordingError(YeswordError):
    """The wording is none that this point has shown. `yesword point snippet` shows the one that it shows now, with its digest."""

    code = "other_wording"


class ReusedKeyError(YeswordError):
    """The Idempotency-Key came with another call before. Take a new one for each call."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Call:
    """What a shop's server says, once it was read."""

    point: Point
    number: PhoneNumber
    consents: bool
    language: str
    occurred_at: datetime
    order: str = ""
    name: str = ""
    wording: str = ""


# --- keys ----------------------------------------------------------------------------------------------------


def make_key(point: Point) -> str:
    """A new key for the point. It is shown now, and never again: only its digest is kept."""
    key = _PREFIX + secrets.token_urlsafe(24)
    models.PointKey.objects.create(point_id=point.id, digest=_digest(key), hint=key[:_HINT])
    return key


def end_key(point: Point, hint: str, at: datetime) -> int:
    """The number of keys that end with it."""
    return models.PointKey.objects.filter(point_id=point.id, hint=hint[:_HINT], ended_at__isnull=True).update(
        ended_at=at
    )


def point_of(key: str, secret: str) -> Point:
    """The point that the secret speaks for. Raises UnknownKeyError, alike for a point that is not there."""
    try:
        point = points.find(key)
    except NoSuchPointError:
        raise UnknownKeyError from None
    # By its digest: how far a guess fits cannot be measured.
    is_known = models.PointKey.objects.filter(
        point_id=point.id, digest=_digest(secret), ended_at__isnull=True
    ).exists()
    if not is_known:
        raise UnknownKeyError
    return point


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


# --- calls ---------------------------------------------------------------------------------------------------


def read(point: Point, given: Mapping[str, object], at: datetime) -> Call:
    """Raises BadCallError, FixedLineError, OtherWordingError."""
    if point.definition.kind is not PointKind.CHECKOUT:
        raise BadCallError(what="this point is no checkout")
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise BadCallError(what=f"it has a field {unknown[0]!r}, which is not known")
    consents = given.get("consent")
    if not isinstance(consents, bool):
        raise BadCallError(what="consent is neither true nor false")
    number = number_in(
        text(given.get("number")), text(given.get("country")).upper(), programs.brand(point.brand).country
    )
    if number is None:
        raise BadCallError(what="number is no telephone number; write it with + and its country")
    if consents and not number.may_text:
        raise FixedLineError
    occurred_at = moment(given.get("occurred_at"))
    if occurred_at is None or occurred_at > at + CLOCKS_DIFFER:
        raise BadCallError(what="occurred_at is no moment of the past, such as 2026-03-02T12:00:00Z")
    language = text(given.get("language")) or point.program.default_language
    shown, wording = _shown(point, text(given.get("wording_sha256")).lower(), language)
    return Call(
        point=shown,
        number=number,
        consents=consents,
        language=language,
        occurred_at=occurred_at,
        order=text(given.get("order"))[:_MOST_ORDER],
        name=text(given.get("name")),
        wording=wording,
    )


def _shown(point: Point, digest: str, language: str) -> tuple[Point, str]:
    """The version of the point that has this wording, and the wording. The newest first: a page may have been open long."""
    for version in points.versions(point):
        if language not in version.definition.languages:
            continue
        wording = consent_text(version.definition, version.program, language)
        if disclosure_digest(wording) == digest:
            return version, wording
    raise OtherWordingError


def take(store: Store, call: Call, idempotency_key: str, raw: bytes, at: datetime) -> str:
    """Take one call, once. The answer, as JSON. Raises ReusedKeyError, NoCodeLeftError."""
    try:
        return _take(store, call, idempotency_key, raw, at)
    except NobodyThereError:
        return _take(store, call, idempotency_key, raw, at)


def _take(store: Store, call: Call, idempotency_key: str, raw: bytes, at: datetime) -> str:
    place = {
        "point_id": call.point.id,
        "key_digest": hashlib.sha256(idempotency_key.encode()).digest(),
    }
    person = None
    with store.database.read() as session:
        if idempotency_key and (known := _answered(session, place, raw)):
            return known
        is_known = contacts.find(store, session, call.point.brand, call.number.e164) is not None
    joining = _joining(call, at)
    if call.consents and not is_known:
        person = prepared(store, joining)
    code = _code(store, call, at) if call.consents else None
    answer = json.dumps(_answer(call, code), ensure_ascii=False)
    with store.database.write() as session:
        if idempotency_key:
            digest = hashlib.sha256(raw).digest()
            is_first = session.run(
                "insert_call_answer",
                **place,
                call_digest=digest,
                answer=answer,
                answered_at=to_micros(at),
            )
            if not is_first:
                return _answered(session, place, raw) or answer
        if not call.consents:
            _refuse(store, session, call, at)
        elif code is None:
            join_within(store, session, joining, person, at)
    return answer


def _answered(session: Session, place: Mapping[str, object], raw: bytes) -> str | None:
    row = session.first("call_answer", **place)
    if row is None:
        return None
    if bytes(row[0]) != hashlib.sha256(raw).digest():
        raise ReusedKeyError
    return str(row[1])


def _code(store: Store, call: Call, at: datetime) -> Code | None:
    """Where the point has people text first: what the shop's page then shows them."""
    can_receive = programs.sender_of(call.point.program).facts.can_receive
    if call.point.definition.confirming is not Confirming.REVERSE or not can_receive:
        return None
    shown = Shown(
        program=call.point.program,
        point=call.point,
        language=call.language,
        source=_SOURCE,
        number=call.number,
        name=call.name,
    )
    return reversing.show(store, shown, at)


_SOURCE: Final = "checkout"


def _answer(call: Call, code: Code | None) -> JsonObject:
    """The same for everybody who answers alike: it tells nothing of who is known."""
    if not call.consents:
        return {"taken": "refusal"}
    if code is None:
        return {"taken": "consent"}
    return {
        "taken": "consent",
        "confirm": {
            "text": code.text,
            "to": code.sender,
            "expires_at": code.expires_at.isoformat(),
        },
    }


def _row(call: Call) -> JsonObject:
    row = {
        "order": call.order,
        "consent": "true" if call.consents else "false",
        "occurred_at": call.occurred_at.isoformat(),
        "wording_sha256": disclosure_digest(call.wording),
    }
    return {name: value for name, value in row.items() if value}


def _joining(call: Call, at: datetime) -> Joining:
    """A shop's word: with source, date and wording, and never better than that. It asks nobody by text."""
    age = at - call.occurred_at
    is_plain = call.point.definition.confirming is Confirming.NONE
    lacks = [] if is_plain else ["confirmation"]
    lacks += ["recency"] if age > MOST_AGE else []
    act = Act(
        actor=Actor.API,
        route="checkout",
        occurred_at=call.occurred_at,
        received_at=at,
        language=call.language,
        evidence=[row_evidence("import_row", _row(call), f"call:{call.point.key}")],
        context={
            "order": call.order or None,
            "lacks": list(lacks),
        },
        wording=call.wording,
    )
    return Joining(
        brand=call.point.brand,
        program=call.point.program,
        number=call.number,
        act=act,
        # Too old to be a grant, it is a request that sends nothing, as where only the handset can confirm.
        confirming=Confirming.ASK if is_plain and lacks else call.point.definition.confirming,
        point=call.point,
        source=_SOURCE,
        name=call.name,
        welcomes=age <= FRESH,
    )


def _refuse(store: Store, session: Session, call: Call, at: datetime) -> None:
    """Remember a box that was left empty, of people who are known and not in: no page asks them any more."""
    point = call.point
    found = contacts.find(store, session, point.brand, call.number.e164)
    contact = None if found is None else contacts.read(store, session, found)
    if contact is None:
        return
    state, program = contacts.standings(session, [contact.id])[contact.id].state, point.program
    is_refused = any(each.program in (None, program.id) for each in state.refusals)
    if is_refused or state.grant_for(program.id) or state.withdrawal_for(program.id):
        return
    draft = Draft(
        kind=EventKind.REFUSED,
        scope=Scope(program=program.id, purposes=(program.purpose,), categories=program.categories),
        actor=Actor.API,
        route="checkout",
        occurred_at=call.occurred_at,
        received_at=at,
        program=program,
        language=call.language,
        evidence=[row_evidence("import_row", _row(call), f"call:{point.key}")],
        context={"order": call.order or None},
        reason="box_left_empty",
    )
    append(store, session, programs.brand(point.brand), contact, [draft], at)
