"""Rectifying what is held of a person (GDPR art. 16): what they say is put in the place of what was there.

Only what is known of them. The record of consent says what happened and is never changed; a wrong event is answered by
another one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from yesword.collect.imports.claims import MAX_VALUE
from yesword.domain import codec, phone
from yesword.domain.errors import YeswordError
from yesword.domain.parties import RecipientKind
from yesword.domain.places import Place, Whereabouts, places_for
from yesword.domain.shipped_texts import shipped
from yesword.domain.templates import one_line
from yesword.domain.times import to_micros
from yesword.privacy import traces
from yesword.privacy.restricting import NobodyThereError
from yesword.store import contact_marks, contacts, programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store


class NewNumberError(YeswordError):
    """A number is not changed: another number is another handset, and what was agreed from one says nothing of the other. Let the person join from the new number, and stop or erase the old one."""

    code = "new_number"


class NothingToRectifyError(YeswordError):
    """Nothing was given that could be put right. Name at least one thing: name, language, attributes, whereabouts or kind of recipient."""

    code = "nothing_to_rectify"


class NoSuchLanguageError(YeswordError):
    """Nothing is written in the language {language}, and no program of the brand is. Give one of: {known}."""

    code = "no_such_language"


class ValueTooLongError(YeswordError):
    """The {field} has {count} characters, and at most {most} are kept. Give it shorter."""

    code = "value_too_long"


class ChangedMeanwhileError(YeswordError):
    """The number went to somebody else while this was written, so nothing was changed. Look again whom it is about."""

    code = "changed_meanwhile"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Changes:
    """What is to be put right; None leaves it as it is."""

    name: str | None = None
    language: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)  # None takes one away
    whereabouts: Whereabouts | None = None  # in the place of all that was concluded before
    recipient: RecipientKind | None = None
    number: str | None = None  # always refused, with what to do instead


@dataclass(frozen=True, kw_only=True, slots=True)
class Rectified:
    """Which fields became, or would become, something else; attributes by name, as `attributes.City`."""

    fields: tuple[str, ...]
    was_hidden: bool  # of a former owner: what was left out of the changes is gone


def rectify(
    store: Store,
    contact: Contact,
    changes: Changes,
    by: int | None,
    at: datetime,
    *,
    is_dry_run: bool = False,
) -> Rectified:
    """Put right what is held. Where somebody else has the number since, what was known of the former owner goes with it.

    Raises NewNumberError, NothingToRectifyError, NoSuchLanguageError, ValueTooLongError, NobodyThereError,
    ChangedMeanwhileError.
    """
    if changes.number is not None:
        raise NewNumberError
    if not _says_anything(changes):
        raise NothingToRectifyError
    changes = _read(changes, contact)
    with store.database.write() as session:
        session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
        known = contacts.read(store, session, contact.id)
        if known is None or known.erased_at is not None:
            raise NobodyThereError
        wanted = _applied(known, changes)
        differing = _differing(known, wanted)
        found = Rectified(fields=tuple(differing), was_hidden=known.hidden_since is not None)
        if is_dry_run or not (differing or found.was_hidden):
            return found
        written = session.run(
            "update_contact_facts",
            bucket=known.bucket,
            id=known.id,
            name=wanted.name,
            language=wanted.language,
            attributes=json.dumps(dict(wanted.attributes), ensure_ascii=False),
            places=codec.dumps(wanted.places),
            recipient=wanted.recipient.value,
            hidden_since=0 if known.hidden_since is None else to_micros(known.hidden_since),
        )
        if not written:
            raise ChangedMeanwhileError
        contact_marks.renew(store, session, [known.id])
        traces.leave(
            "privacy.rectified",
            traces.about(known.id),
            by,
            at=at.isoformat(),
            changed={
                name: [traces.digest(store, known, name, before), traces.digest(store, known, name, after)]
                for name, (before, after) in differing.items()
            },
        )
    return found


def _says_anything(changes: Changes) -> bool:
    said = (changes.name, changes.language, changes.whereabouts, changes.recipient)
    return bool(changes.attributes) or any(each is not None for each in said)


def _read(changes: Changes, contact: Contact) -> Changes:
    return replace(
        changes,
        name=None if changes.name is None else _kept("name", changes.name),
        language=_language(changes.language, contact) if changes.language else changes.language,
        attributes={
            key: None if each is None else _kept("attribute", each)
            for key, each in changes.attributes.items()
        },
    )


def _language(said: str, contact: Contact) -> str:
    """One that texts can be in, or what is held already, in the form that it is known in."""
    spoken = {each for program in programs.of_brand(contact.brand) for each in program.languages}
    known = {each.lower(): each for each in (contact.language, *shipped(), *spoken)}
    found = known.get(said.strip().lower())
    if found is None:
        raise NoSuchLanguageError(language=said, known=", ".join(sorted(spoken | {*shipped()})))
    return found


def _kept(field_name: str, value: str) -> str:
    kept = one_line(value)
    if len(kept) > MAX_VALUE:
        raise ValueTooLongError(field=field_name, count=len(kept), most=MAX_VALUE)
    return kept


def _applied(known: Contact, changes: Changes) -> Contact:
    attributes = {**known.attributes, **changes.attributes}
    return replace(
        known,
        name=known.name if changes.name is None else changes.name,
        language=known.language if changes.language is None else changes.language,
        attributes={key: each for key, each in attributes.items() if each is not None},
        places=known.places if changes.whereabouts is None else _places(known, changes.whereabouts),
        recipient=changes.recipient or known.recipient,
    )


def _places(known: Contact, whereabouts: Whereabouts) -> tuple[Place, ...]:
    if known.number is None:
        raise NobodyThereError
    return places_for(phone.parse(known.number, country=None), whereabouts)


def _differing(before: Contact, after: Contact) -> dict[str, tuple[str, str]]:
    pairs: dict[str, tuple[Any, Any]] = {
        "name": (before.name, after.name),
        "language": (before.language, after.language),
        "places": (codec.dumps(before.places).decode(), codec.dumps(after.places).decode()),
        "recipient": (before.recipient.value, after.recipient.value),
    }
    for key in sorted({*before.attributes, *after.attributes}):
        pairs[f"attributes.{key}"] = (before.attributes.get(key, ""), after.attributes.get(key, ""))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
