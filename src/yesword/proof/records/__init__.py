"""Consent records in vocabularies that others read: DPV (ISO/IEC TS 27560) as JSON-LD, and Kantara 1.1."""

from yesword.proof.records.dpv import consent_receipt, consent_record, shapes
from yesword.proof.records.kantara import kantara_receipt
from yesword.proof.records.model import (
    BadRecordError,
    ConsentRecordInput,
    Notice,
    Party,
    PersonalData,
    Purpose,
    Recipient,
    RecordedEvent,
    SubjectRef,
)
from yesword.proof.records.statuses import Status, statuses

__all__ = [
    "BadRecordError",
    "ConsentRecordInput",
    "Notice",
    "Party",
    "PersonalData",
    "Purpose",
    "Recipient",
    "RecordedEvent",
    "Status",
    "SubjectRef",
    "consent_receipt",
    "consent_record",
    "kantara_receipt",
    "shapes",
    "statuses",
]
