"""Until when a file of evidence is kept: as long as the record that it backs, or less, where it says how somebody behaved."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from yesword.domain.evidence.addresses import purge_after
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.retention import Ground, shipped_policies
from yesword.domain.retention.policies import Moment
from yesword.domain.rules import RuleBook
from yesword.store.contacts import Contact

_OF_BEHAVIOUR: Final = frozenset({EvidenceKind.PRESENTATION_PROBE, EvidenceKind.REPLAY})
_OF_CONSENT: Final = frozenset({Moment.GRANT, Moment.LAST_USE})


def jurisdictions(contact: Contact, brand_country: str) -> tuple[str, ...]:
    """The countries and regions whose law may ask: where the person may be, and where the brand is."""
    found = [contact.country, brand_country]
    for each in contact.places:
        found += [each.country, each.region or ""]
    return tuple(dict.fromkeys(place for place in found if place))


def may_be_under_gdpr(contact: Contact, brand_country: str) -> bool:
    """Whether the person or the brand may be in the Union or the EEA (GDPR art. 3); where nobody knows, they may."""
    reached = RuleBook.load().pack("eu").reach.countries
    is_known = bool(contact.country or contact.places)
    return not is_known or any(place[:2] in reached for place in jurisdictions(contact, brand_country))


def purge_at(
    kind: EvidenceKind, where: Iterable[str], *, collected_at: datetime, confirmed_at: datetime | None = None
) -> datetime | None:
    """When a file goes by itself; None: with the record that it backs.

    What shows how the wording was presented is part of the record of consent where a law makes the brand keep one, as
    in the United States (16 CFR 310.5(a)(8)): such a period begins with the last text, which nobody knows yet. A
    replay is asked for by no law.
    """
    if kind not in _OF_BEHAVIOUR:
        return None
    if kind is EvidenceKind.PRESENTATION_PROBE and _is_record_duty(where):
        return None
    return purge_after(claim_period=None, confirmed_at=confirmed_at, collected_at=collected_at)


def _is_record_duty(where: Iterable[str]) -> bool:
    policies = shipped_policies()
    return any(
        policy.ground is Ground.RECORD_DUTY and not _OF_CONSENT.isdisjoint(policy.counts_from)
        for place in where
        for policy in policies.of(place)
    )
