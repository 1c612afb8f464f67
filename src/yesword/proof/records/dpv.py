"""A consent record and a receipt as JSON-LD in DPV 2.3, along the W3C group's guide to ISO/IEC TS 27560.

The values are plain JSON without floats, with the context inside, so that a reader needs nothing from a network. What
DPV has no word for stands in a namespace of our own. `shapes/record.ttl` states in SHACL what a record must hold.

Order says nothing in RDF, so each state carries its `led:seq` beside its place in the list.
"""

from datetime import datetime
from importlib import resources
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

from yesword.domain.events import Actor, Basis
from yesword.domain.times import iso_millis
from yesword.ledger.entry import JsonObject, JsonValue
from yesword.proof.records.model import (
    ConsentRecordInput,
    Notice,
    Party,
    Purpose,
    Recipient,
    RecordedEvent,
)
from yesword.proof.records.statuses import Status, statuses

_PROFILES: Final = "https://w3id.org/dpv/schema/dpv-27560#"

# Names, not addresses: no web site has to stay up for a record to be understood.
_NAMESPACES: Final = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "led": "urn:yesword:ledger#",
    "rule": "urn:yesword:rule:",
}

# Without these, "dpv:DirectMarketing" would be a text and no concept.
_LINKS: Final = (
    "dct:conformsTo",
    "dct:publisher",
    "dpv:hasApplicableLaw",
    "dpv:hasDataController",
    "dpv:hasDataProcessor",
    "dpv:hasDataSource",
    "dpv:hasDataSubject",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasNotice",
    "dpv:hasPersonalData",
    "dpv:hasProcessing",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:isExercisedAt",
    "dpv:isIndicatedBy",
    "led:applicableRule",
    "schema:recipient",
    "schema:url",
    "skos:broader",
)
_TYPED: Final = {
    "dct:created": "xsd:dateTime",
    "dct:date": "xsd:date",
    "dpv:isIndicatedAtTime": "xsd:dateTime",
    "led:receivedAt": "xsd:dateTime",
}
CONTEXT: Final[JsonObject] = {
    **_NAMESPACES,
    **{term: {"@type": "@id"} for term in _LINKS},
    **{term: {"@type": kind} for term, kind in _TYPED.items()},
}

# `ImpliedConsent` is DPV's word for what follows from an act that says something else: an order, a question, a purchase.
_KINDS: Final = {
    Basis.EXPRESS_WRITTEN: "dpv:ExplicitlyExpressedConsent",
    Basis.EXPRESS: "dpv:ExpressedConsent",
    Basis.CUSTOMER: "dpv:ImpliedConsent",
    Basis.CONVERSATION: "dpv:ImpliedConsent",
    Basis.TRIGGER: "dpv:ImpliedConsent",
}

# Under GDPR, article 6(1), only a yes is consent: soft opt-in and an answer to somebody's question are a legitimate
# interest, information about an order is the contract's.
_GDPR_BASES: Final = {
    Basis.EXPRESS_WRITTEN: "eu-gdpr:A6-1-a",
    Basis.EXPRESS: "eu-gdpr:A6-1-a",
    Basis.CUSTOMER: "eu-gdpr:A6-1-f",
    Basis.CONVERSATION: "eu-gdpr:A6-1-f",
    Basis.TRIGGER: "eu-gdpr:A6-1-b",
}

# The rights that articles 13 and 14 want people told of, beside that of withdrawal.
_GDPR_RIGHTS: Final = (
    ("eu-gdpr:A15", "Right of access"),
    ("eu-gdpr:A16", "Right to rectification"),
    ("eu-gdpr:A17", "Right to erasure"),
    ("eu-gdpr:A18", "Right to restriction of processing"),
    ("eu-gdpr:A20", "Right to data portability"),
)


def consent_record(given: ConsentRecordInput) -> dict[str, JsonValue]:
    """The record as a JSON-LD document."""
    return {"@context": CONTEXT, **_record(given)}


def consent_receipt(given: ConsentRecordInput, *, receipt_id: UUID, at: datetime) -> dict[str, JsonValue]:
    """The record wrapped as what the person is handed at the time `at`."""
    profile = "receipt-eu-gdpr" if given.is_under_gdpr else "receipt"
    return {
        "@context": CONTEXT,
        "@id": receipt_id.urn,
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": str(receipt_id),
        "dct:conformsTo": _PROFILES + profile,
        "dct:created": iso_millis(at),
        "dct:publisher": _party_iri(given.controller.url),
        "schema:recipient": "dpv:DataSubject",
        "dpv:hasRecordOfActivity": [_record(given)],
    }


def shapes() -> str:
    """The SHACL shapes that a record and a receipt conform to, as Turtle."""
    return (resources.files(__package__) / "shapes" / "record.ttl").read_text(encoding="utf-8")


def _record(given: ConsentRecordInput) -> dict[str, JsonValue]:
    profile = "record-eu-gdpr" if given.is_under_gdpr else "record"
    record: dict[str, JsonValue] = {
        "@id": given.id.urn,
        "@type": "dpv:ConsentRecord",
        "dct:identifier": str(given.id),
        "dct:conformsTo": _PROFILES + profile,
        "dct:created": iso_millis(given.created_at),
        "led:program": given.program,
        "dpv:hasDataSubject": {
            "@id": _subject_iri(given),
            "@type": "dpv:DataSubject",
            "dct:identifier": given.subject.id,
        },
        "dpv:hasDataController": _party_iri(given.controller.url),
        "dpv:hasJurisdiction": [f"loc:{place}" for place in given.jurisdictions],
        "dpv:hasLegalBasis": _legal_bases(given),
        "dpv:hasNotice": [_notice(notice) for notice in given.notices],
        "dpv:hasProcess": [_process(given)],
        "dpv:hasConsentControl": [
            {
                "@type": "dpv:WithdrawConsent",
                "dpv:isExercisedAt": given.withdraw_url,
                "dct:description": given.withdraw_how,
            }
        ],
        "dpv:hasRight": _rights(given),
        "dpv:hasConsentStatus": _states(given),
        "dpv:hasEntity": [
            _entity(given.controller, "dpv:DataController"),
            *(_entity(each, "dpv:DataProcessor") for each in given.processors),
        ],
        "schema:url": given.policy_url,
    }
    if given.processors:
        record["dpv:hasDataProcessor"] = [_party_iri(each.url) for each in given.processors]
    if given.is_under_gdpr:
        record["dpv:hasApplicableLaw"] = ["legal-eu:law-GDPR"]
    if given.rules:
        record["led:applicableRule"] = [f"rule:{rule}" for rule in given.rules]
    return record


def _legal_bases(given: ConsentRecordInput) -> list[str]:
    if not given.is_under_gdpr:
        return ["dpv:Consent"]
    both = zip(given.events, statuses(given.events), strict=True)
    grants = [event for event, status in both if status.is_valid and event.is_grant]
    bases = [grant.basis for grant in grants if grant.basis is not None]
    # Where nothing was granted, consent is what was asked for.
    return list(dict.fromkeys(_GDPR_BASES[basis] for basis in bases)) or [_GDPR_BASES[Basis.EXPRESS]]


def _notice(notice: Notice) -> JsonObject:
    return {
        "@id": _notice_iri(notice.sha256),
        "@type": "dpv:ConsentNotice",
        "dct:identifier": f"{notice.id}-v{notice.version}",
        "dct:language": notice.language,
        "dct:date": notice.date.isoformat(),
        "led:sha256": notice.sha256,
        "led:text": notice.text,
    }


def _process(given: ConsentRecordInput) -> JsonObject:
    process: dict[str, JsonValue] = {
        "@type": "dpv:Process",
        "dct:title": given.service,
        "dpv:hasPurpose": [_purpose(purpose) for purpose in given.purposes],
        "dpv:hasPersonalData": [f"pd:{each}" for each in given.personal_data],
        "dpv:hasProcessing": ["dpv:Collect", "dpv:Store", "dpv:Use", "dpv:Transfer"],
        "dpv:hasDataSource": "dpv:DataSubjectDataSource",
        "dpv:hasRecipient": [
            *(_party_iri(each.url) for each in given.processors),
            *(_recipient(each) for each in given.recipients),
        ],
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageLocation",
                "dpv:hasLocation": [f"loc:{place}" for place in given.stored_in],
            },
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": _until("withdrawal")},
            {"@type": "dpv:StorageDeletion", "dpv:hasDuration": given.retention},
        ],
    }
    if given.categories:
        process["led:category"] = list(given.categories)
    return process


def _purpose(purpose: Purpose) -> JsonObject:
    return {
        "@type": "dpv:Purpose",
        "skos:broader": _broader(purpose),
        "dct:identifier": purpose.key,
        "dct:description": purpose.description,
    }


def _broader(purpose: Purpose) -> str:
    """What DPV knows that the purpose is a kind of. A brand's own purposes are told apart by what the texts may say."""
    if purpose.key == "jobs":
        return "dpv:RecruitmentAdvertising"
    return "dpv:DirectMarketing" if purpose.is_promotional else "dpv:CommunicationForCustomerCare"


def _recipient(recipient: Recipient) -> JsonObject:
    return {
        "@id": _party_iri(recipient.url),
        "@type": "dpv:Recipient",
        "dpv:hasName": recipient.name,
    }


def _rights(given: ConsentRecordInput) -> list[JsonObject]:
    withdrawal: dict[str, JsonValue] = {
        "@type": ["dpv:DataSubjectRight"],
        "dct:title": "Right to withdraw consent",
        "dpv:isExercisedAt": given.withdraw_url,
    }
    if not given.is_under_gdpr:
        return [withdrawal]
    return [
        {**withdrawal, "@type": ["dpv:DataSubjectRight", "eu-gdpr:A7-3"]},
        *(
            {
                "@type": ["dpv:DataSubjectRight", right],
                "dct:title": title,
                "dpv:isExercisedAt": given.rights_url,
            }
            for right, title in _GDPR_RIGHTS
        ),
    ]


def _states(given: ConsentRecordInput) -> list[JsonObject]:
    states = []
    # What has no basis of its own, such as a stop, is about the kind of consent that went before.
    kind = "dpv:Consent"
    for event, status in zip(given.events, statuses(given.events), strict=True):
        if event.basis is not None:
            kind = _KINDS[event.basis]
        states.append(_state(given, event, status, kind))
    return states


def _state(given: ConsentRecordInput, event: RecordedEvent, status: Status, kind: str) -> JsonObject:
    state: dict[str, JsonValue] = {
        "@type": [f"dpv:{status}", kind],
        "dct:identifier": event.id,
        "dpv:isIndicatedBy": _indicated_by(given, event),
        "dpv:isIndicatedAtTime": iso_millis(event.occurred_at),
        "dpv:hasIndicationMethod": event.method,
        "dpv:hasDuration": _duration(event, status),
        "led:receivedAt": iso_millis(event.received_at),
        "led:seq": event.seq,
        "led:event": event.kind.value,
        "led:actor": event.actor.value,
        "led:scope": "brand" if event.program is None else "program",
        "led:logOrigin": event.log_origin,
        "led:leafHash": event.leaf_hash.hex(),
    }
    if event.basis is not None:
        state["led:basis"] = event.basis.value
    if event.grade is not None:
        state["led:grade"] = event.grade.value
    if event.reason is not None:
        state["led:reason"] = event.reason
    if event.answers is not None:
        state["led:answers"] = event.answers
    if event.notice is not None:
        state["dpv:hasNotice"] = [_notice_iri(event.notice)]
    if event.leaf_index is None:
        state["led:awaitsLog"] = True  # said, or a place that was taken out would look the same
    else:
        state["led:leafIndex"] = event.leaf_index
    if event.erased:
        state["led:erasedSection"] = list(event.erased)
    return state


def _indicated_by(given: ConsentRecordInput, event: RecordedEvent) -> str:
    """The person, where the act was theirs; else the controller, on whose word it stands. `led:actor` says more."""
    is_own_act = event.actor in (Actor.HANDSET, Actor.PERSON)
    return _subject_iri(given) if is_own_act else _party_iri(given.controller.url)


def _duration(event: RecordedEvent, status: Status) -> JsonObject:
    # The standard wants a duration of every event; what ends a consent has none, and so no end.
    if not status.is_valid and status is not Status.REQUESTED:
        return {"@type": "dpv:EndlessDuration"}
    if event.ends_at is not None:
        return {
            "@type": "dpv:UntilTimeDuration",
            "rdf:value": {"@value": iso_millis(event.ends_at), "@type": "xsd:dateTime"},
        }
    return _until("answer" if status is Status.REQUESTED else "withdrawal")


def _until(event: str) -> JsonObject:
    return {"@type": "dpv:UntilEventDuration", "rdf:value": event}


def _entity(party: Party, role: str) -> JsonObject:
    iri = _party_iri(party.url)
    contact: dict[str, JsonValue] = {
        "@type": "schema:ContactPoint",
        "schema:name": party.contact,
        "schema:email": party.email,
    }
    if party.phone:
        contact["schema:telephone"] = party.phone
    return {
        "@id": iri,
        "@type": ["dpv:Organisation", role],
        "dpv:hasName": party.name,
        "dpv:hasIdentifier": iri,
        "schema:url": party.url,
        "schema:contactPoint": contact,
        "schema:address": {
            "@type": "schema:PostalAddress",
            "schema:streetAddress": party.address,
            "schema:addressCountry": party.country,
        },
    }


def _party_iri(url: str) -> str:
    """A name for the organisation itself, beside that of its page."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path or "/", fragment="org"))


def _subject_iri(given: ConsentRecordInput) -> str:
    return f"urn:subject:{quote(given.subject.id)}"


def _notice_iri(sha256: str) -> str:
    return f"urn:yesword:notice:{sha256}"
