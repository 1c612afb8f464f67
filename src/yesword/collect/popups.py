"""Pop-ups: made of a form that is published, the keys that sign their visitors, and whom they ask what.

Who may be asked about is only whoever a token names that the site's own server signed. Without one, and with one that does
not count, everybody is a stranger.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from yesword.collect import reversing
from yesword.collect.points import Point
from yesword.collect.reversing import Code, Shown
from yesword.domain import phone
from yesword.domain.collecting.points import BadPointError, Confirming, PointDefinition, PointKind
from yesword.domain.collecting.popups import Audience, PopupOptions, Way, check_options, write_options
from yesword.domain.collecting.visitors import BadVisitorError, Visitor, read_visitor
from yesword.domain.ids import ContactId, ProgramId
from yesword.domain.state import ConsentState
from yesword.mail import addresses
from yesword.store import contacts, hook_secrets, invitees, programs
from yesword.store.database import Session
from yesword.store.models import VisitorKey
from yesword.store.opening import Store

KIND: Final = "visitor_key"  # of its secret
ROUTE: Final = "popup"
_PREFIX: Final = "ywv_"
_HINT: Final = 9
_ENDING: Final = "-popup"
_LONGEST_KEY: Final = 60


class NoFormError(BadPointError):
    """The collection point cannot be published: a pop-up is made of a form."""

    code = "bad_popup_no_form"


class OneWaySenderError(BadPointError):
    """The collection point cannot be published: nobody can text {sender}, so a link to write a text is no way in."""

    code = "bad_popup_one_way"


def key_for(form: str) -> str:
    """The key of the pop-up that belongs to a form."""
    return f"{form[: _LONGEST_KEY - len(_ENDING)]}{_ENDING}"


def definition_of(form: Point, options: PopupOptions) -> PointDefinition:
    """A pop-up that asks what the form asks, in the same words. Raises BadPointError."""
    if form.definition.kind is not PointKind.FORM:
        raise NoFormError
    check_options(options)
    sender = programs.sender_of(form.program)
    if options.way is Way.TEXT and not sender.facts.can_receive:
        raise OneWaySenderError(sender=form.program.sender)
    most = form.definition.setting("most_an_hour")
    settings = (*write_options(options), *((("most_an_hour", most),) if most else ()))
    # Where a person texts first, nothing else confirms.
    confirming = Confirming.REVERSE if options.way is Way.TEXT else form.definition.confirming
    return replace(
        form.definition, kind=PointKind.POPUP, confirming=confirming, settings=tuple(sorted(settings))
    )


def show_text(
    store: Store, point: Point, language: str, nonce: str, at: datetime, *, source: str = "", page: str = ""
) -> Code:
    """What a link writes, where nothing is typed: the text itself joins. Raises NoCodeLeftError."""
    shown = Shown(
        program=point.program, point=point, language=language, source=source, page=page, nonce=nonce
    )
    return reversing.show(store, shown, at)


# --- who looks at it -----------------------------------------------------------------------------------------


def make_key(store: Store, point: Point) -> str:
    """A new key for the site's own server. It is shown now, and never again."""
    key = _PREFIX + secrets.token_urlsafe(32)
    with store.database.write():
        row = VisitorKey.objects.create(point_id=point.id, sealed=b"", hint=key[:_HINT])
        row.sealed = hook_secrets.close(store.folder, KIND, row.pk, {"key": key})
        row.save(update_fields=["sealed"])
    return key


def end_key(point: Point, hint: str, at: datetime) -> int:
    """The number of keys that end with it."""
    rows = VisitorKey.objects.filter(point_id=point.id, hint=hint[:_HINT], ended_at__isnull=True)
    return rows.update(ended_at=at)


def keys_of(point: Point) -> Sequence[VisitorKey]:
    """Oldest first, also those that have ended."""
    return list(VisitorKey.objects.filter(point_id=point.id).order_by("pk"))


def audience_of(store: Store, point: Point, word: str, at: datetime) -> Audience:
    """Whom the token names, as far as the program is concerned; a stranger where it does not count."""
    if not word:
        return Audience.NOBODY
    keys = [
        hook_secrets.open_(store.folder, KIND, each.pk, bytes(each.sealed))["key"]
        for each in keys_of(point)
        if each.ended_at is None
    ]
    try:
        visitor = read_visitor(word, keys, point.key, at)
    except BadVisitorError:
        return Audience.NOBODY
    with store.database.read() as session:
        mail = _mail(visitor)
        known = _known(store, session, point, visitor, mail)
        standings = contacts.standings(session, known) if known else {}
        if any(_is_settled(each.state, point.program.id, at) for each in standings.values()):
            return Audience.MEMBER
        if visitor.reads_mail:
            return Audience.READER
        brand = point.brand
        is_reader = mail and invitees.find_many(store, session, brand, [mail])
        has_left = is_reader and invitees.suppressed(store, session, brand, [mail])
    return Audience.READER if is_reader and not has_left else Audience.NOBODY


def _known(store: Store, session: Session, point: Point, visitor: Visitor, mail: str) -> list[ContactId]:
    found = set(invitees.find_many(store, session, point.brand, [mail]).values()) if mail else set()
    try:
        number = phone.parse(visitor.number, country=None).e164 if visitor.number else ""
    except phone.PhoneError:
        number = ""
    if number:
        found |= set(contacts.find_many(store, session, point.brand, [number]).values())
    return sorted(found)


def _mail(visitor: Visitor) -> str:
    try:
        return addresses.parse(visitor.mail) if visitor.mail else ""
    except (addresses.BadAddressError, addresses.GatewayAddressError):
        return ""


def _is_settled(state: ConsentState, program: ProgramId, at: datetime) -> bool:
    """In, asked, or gone by their own wish: a pop-up asks none of them."""
    asked = state.request_for(program)
    return (
        state.grant_for(program) is not None
        or state.withdrawal_for(program) is not None
        or any(each.program in (None, program) for each in state.refusals)
        or (asked is not None and at <= asked.lapses_at)
    )
