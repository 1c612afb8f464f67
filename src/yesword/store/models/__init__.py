"""The tables that nobody waits for, as Django models. The hot tables are SQL: see `schema/`."""

from yesword.store.models.campaigns import Campaign, CampaignVerdict, ImportRun, VerdictPerson
from yesword.store.models.people import AuditEntry, User
from yesword.store.models.programs import Account, Brand, Disclosure, Program, ProgramVersion, Sender

__all__ = [
    "Account",
    "AuditEntry",
    "Brand",
    "Campaign",
    "CampaignVerdict",
    "Disclosure",
    "ImportRun",
    "Program",
    "ProgramVersion",
    "Sender",
    "User",
    "VerdictPerson",
]
