"""A dossier as the consent record of `proof.records` wants it: what the store does not know is said to be not known.

The record speaks of the program alone; of other programs' events it says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from yesword.domain import composing
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageClass
from yesword.domain.retention.policies import Period, shipped_policies
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.consent import Consent
from yesword.ledger.entry import JsonObject
from yesword.proof.packs.dossier import Dossier, FiledEvent
from yesword.proof.packs.timeline import Wording
from yesword.proof.records import (
    ConsentRecordInput,
    Notice,
    Party,
    Purpose,
    Recipient,
    RecordedEvent,
    SubjectRef,
    consent_record,
    kantara_receipt,
)

NOT_STATED: Final = "not stated"
OFFICE: Final = "Privacy"

_DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    record: JsonObject
    receipt: JsonObject | None  # Kantara's, only while consent stands


def records_of(
    dossier: Dossier, wordings: Sequence[Wording], stored_in: Sequence[str] = ()
) -> Records | None:
    """`stored_in`: the countries where the store is; by default that of the brand. None: no wording is known that was shown.

    Raises BadRecordError.
    """
    if not wordings:
        return None
    given = _given(dossier, wordings, stored_in)
    return Records(record=consent_record(given), receipt=kantara_receipt(given))


def _given(dossier: Dossier, wordings: Sequence[Wording], stored_in: Sequence[str]) -> ConsentRecordInput:
    program, brand = dossier.program, dossier.brand
    where = _jurisdictions(dossier)
    home = f"https://{urlsplit(f'//{dossier.origin}').netloc}/"
    policy_url = program.privacy_url or home
    _, texts = program.texts_in(dossier.contact.language)
    known = {each.sha256 for each in wordings}
    return ConsentRecordInput(
        # The same person and program have the same record, however often it is written down.
        id=uuid5(
            NAMESPACE_URL, f"urn:yesword:record:{dossier.origin}:{dossier.contact.subject}:{program.key}"
        ),
        created_at=dossier.collected_at,
        subject=SubjectRef(id=dossier.contact.subject),
        program=program.key,
        service=program.name,
        controller=Party(
            name=brand.name,
            address=dossier.address or NOT_STATED,
            country=brand.country,
            email=program.support if _is_mail(program.support) else NOT_STATED,
            phone="",
            url=_site(policy_url),
            contact=_contact(program.support),
        ),
        purposes=(
            Purpose(
                key=program.purpose,
                description=f"{program.name}: {texts.frequency}" if texts.frequency else program.name,
                is_promotional=program.message_class is MessageClass.PROMOTIONAL,
            ),
        ),
        categories=program.categories,
        jurisdictions=where,
        is_under_gdpr=_is_under_gdpr(where),
        rules=_rules(dossier, where),
        notices=tuple(_notice(each, dossier) for each in wordings),
        events=tuple(_event(each, dossier, known) for each in dossier.events if each.is_concerned),
        # A name in the log's own space: no page has to be there.
        recipients=(
            Recipient(
                name=dossier.channel or NOT_STATED,
                url=f"https://{dossier.origin}/carrier/{dossier.channel or 'unknown'}",
            ),
        ),
        stored_in=tuple(stored_in) or (brand.country,),
        retention=_retention(where),
        withdraw_url=policy_url,
        withdraw_how=composing.compose(texts.way_out, program, texts),
        rights_url=policy_url,
        policy_url=policy_url,
    )


def _is_mail(support: str) -> bool:
    """A program may name an address, a page or a number by which a human is reached."""
    return "@" in support and "/" not in support


def _contact(support: str) -> str:
    return OFFICE if not support or _is_mail(support) else f"{OFFICE}, {support}"


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _jurisdictions(dossier: Dossier) -> tuple[str, ...]:
    """Where the person may be, then where the brand is."""
    contact = dossier.contact
    places = [each.region or each.country for each in contact.places] or [contact.country]
    found = [each for each in (*places, dossier.brand.country) if each]
    return tuple(dict.fromkeys(found))


def _is_under_gdpr(where: Sequence[str]) -> bool:
    """Whether the person or the brand may be in the Union or the EEA: article 3(1) and (2)."""
    reached = RuleBook.load().pack("eu").reach.countries
    return any(each[:2] in reached for each in where)


def _rules(dossier: Dossier, where: Sequence[str]) -> tuple[str, ...]:
    """Our rules, in force in these places now, that say what consent such texts need."""
    book, day = RuleBook.load(), dossier.collected_at.astimezone(UTC).date()
    packs = (
        pack
        for place in where
        for line in book.lineages(place[:2], place if "-" in place else None)
        for pack in line
    )
    found = [
        rule.id
        for pack in packs
        for rule in pack.rules
        if isinstance(rule.parameter, Consent)
        and rule.parameter.message_class is dossier.program.message_class
        and rule.is_in_force(day)
    ]
    return tuple(dict.fromkeys(found))


def _retention(where: Sequence[str]) -> str:
    """The longest time for which any of these places has such proof kept."""
    policies = shipped_policies()
    periods = [each.period for place in where for each in policies.of(place)]
    longest = max(periods, key=lambda each: each.years * _DAYS_A_YEAR + each.days)
    return _duration(longest)


def _duration(period: Period) -> str:
    return f"P{period.years}Y" if period.years else f"P{max(period.days, 1)}D"


def _notice(wording: Wording, dossier: Dossier) -> Notice:
    first = next(each for each in dossier.events if each.event.disclosure == wording.sha256)
    return Notice(
        id=dossier.program.key,
        version=wording.version,
        language=wording.language or dossier.program.default_language,
        date=first.event.occurred_at.date(),
        sha256=wording.sha256,
        text=wording.text,
    )


def _event(filed: FiledEvent, dossier: Dossier, known: set[str]) -> RecordedEvent:
    event = filed.event
    return RecordedEvent(
        id=filed.id,
        seq=event.seq,
        kind=event.kind,
        actor=event.actor,
        method=event.route,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        rests_on=None if filed.rests_on is None else to_text("evt", filed.rests_on),
        log_origin=dossier.origin,
        leaf_hash=filed.leaf_hash,
        leaf_index=filed.index,
        program=None if event.scope.program is None else dossier.program.key,
        basis=event.basis,
        grade=event.grade,
        reason=event.reason,
        answers=None if event.answers is None else to_text("evt", event.answers),
        ends_at=event.lapses_at or event.limits.ends_at,
        notice=event.disclosure if event.disclosure in known else None,
        erased=filed.erased,
    )
