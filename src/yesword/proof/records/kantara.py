"""A consent receipt in the form of Kantara 1.1, for readers that know no other.

It can say that consent was given and nothing else: it has no field for a withdrawal. So there is one only while consent
stands, lest a file outlive a stop and speak for it; the whole story is in the DPV record.
"""

from typing import Final

from yesword.domain.events import Basis
from yesword.domain.times import to_micros
from yesword.ledger.entry import JsonObject, JsonValue
from yesword.proof.records.model import ConsentRecordInput, Party, PersonalData, Purpose, RecordedEvent
from yesword.proof.records.statuses import statuses

VERSION: Final = "KI-CR-v1.1.0"

_MICROS: Final = 1_000_000

# The labels of the specification's own lists.
_PII: Final = {
    PersonalData.TELEPHONE_NUMBER: "2 - Contact",
    PersonalData.NAME: "1 - Biographical",
    PersonalData.EMAIL_ADDRESS: "2 - Contact",
    PersonalData.LANGUAGE: "1 - Biographical",
}
_EXPRESS: Final = (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)


def kantara_receipt(given: ConsentRecordInput) -> dict[str, JsonValue] | None:
    """The receipt of the yes on which consent rests after the newest event, or None when none stands."""
    yes = _standing_yes(given)
    if yes is None:
        return None
    notice = next((each for each in given.notices if each.sha256 == yes.notice), None)
    receipt: dict[str, JsonValue] = {
        "version": VERSION,
        "jurisdiction": given.jurisdictions[0],
        "consentTimestamp": to_micros(yes.occurred_at) // _MICROS,
        "collectionMethod": yes.method,
        "consentReceiptID": str(given.id),
        "piiPrincipalId": given.subject.id,
        "piiControllers": [
            _party(given.controller, is_on_behalf=False),
            *(_party(each, is_on_behalf=True) for each in given.processors),
        ],
        "policyUrl": given.policy_url,
        "services": [
            {
                "service": given.service,
                "purposes": [_purpose(given, each, yes) for each in given.purposes],
            }
        ],
        "sensitive": False,
        "spiCat": [],
    }
    if notice is not None:
        receipt["language"] = notice.language
    return receipt


def _standing_yes(given: ConsentRecordInput) -> RecordedEvent | None:
    newest = given.events[-1]
    if not statuses(given.events)[-1].is_valid:
        return None  # asked anew and not answered, or refused since, whatever else stands
    return next((each for each in given.events if each.id == newest.rests_on), None)


def _party(party: Party, *, is_on_behalf: bool) -> JsonObject:
    return {
        "piiController": party.name,
        "onBehalf": is_on_behalf,
        "contact": party.contact,
        "address": {"streetAddress": party.address, "addressCountry": party.country},
        "email": party.email,
        "phone": party.phone,
        "piiControllerUrl": party.url,
    }


def _purpose(given: ConsentRecordInput, purpose: Purpose, yes: RecordedEvent) -> JsonObject:
    said: dict[str, JsonValue] = {
        "purpose": purpose.description,
        "consentType": "EXPLICIT" if yes.basis in _EXPRESS else "IMPLICIT",
        "purposeCategory": ["6 - Marketing" if purpose.is_promotional else "2 - Contracted Service"],
        "piiCategory": list(dict.fromkeys(_PII[each] for each in given.personal_data)),
        "primaryPurpose": True,
        "termination": f"{given.withdraw_how}; {given.withdraw_url}",
        "thirdPartyDisclosure": bool(given.recipients),
    }
    if given.recipients:
        said["thirdPartyName"] = ", ".join(each.name for each in given.recipients)
    return said
