"""The tables that nobody waits for, as Django models. The hot tables are SQL: see `schema/`."""

from yesword.store.models.audits import CarrierAudit
from yesword.store.models.campaigns import Campaign, CampaignVerdict, ImportRun, VerdictPerson
from yesword.store.models.collection import CollectionPoint, PointVersion, SourceTag
from yesword.store.models.hooks import HookSource, PointKey, WebhookEndpoint
from yesword.store.models.invitations import InvitationCampaign
from yesword.store.models.leaving import LeavePage
from yesword.store.models.pauses import BrandThresholds, SendingAlarm
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
    "BrandThresholds",
    "Breach",
    "Campaign",
    "CampaignVerdict",
    "CarrierAudit",
    "CollectionPoint",
    "Disclosure",
    "HookSource",
    "ImportRun",
    "InvitationCampaign",
    "LeavePage",
    "PointKey",
    "PointVersion",
    "Proclamation",
    "Program",
    "ProgramVersion",
    "RenewalRound",
    "RetentionRun",
    "Sender",
    "SendingAlarm",
    "SourceTag",
    "StampAuthority",
    "User",
    "VerdictPerson",
    "WebhookEndpoint",
    "Witness",
]
