"""The tables that nobody waits for, as Django models. The hot tables are SQL: see `schema/`."""

from yesword.store.models.audits import CarrierAudit
from yesword.store.models.campaigns import Campaign, CampaignVerdict, ImportRun, VerdictPerson
from yesword.store.models.people import AuditEntry, User
from yesword.store.models.privacy import Breach, RetentionRun
from yesword.store.models.proclamations import Proclamation
from yesword.store.models.programs import Account, Brand, Disclosure, Program, ProgramVersion, Sender
from yesword.store.models.proof import Asking, StampAuthority, Witness
from yesword.store.models.renewals import RenewalRound

__all__ = [
    "Account",
    "Asking",
    "AuditEntry",
    "Brand",
    "Breach",
    "Campaign",
    "CampaignVerdict",
    "CarrierAudit",
    "Disclosure",
    "ImportRun",
    "Proclamation",
    "Program",
    "ProgramVersion",
    "RenewalRound",
    "RetentionRun",
    "Sender",
    "StampAuthority",
    "User",
    "VerdictPerson",
    "Witness",
]
