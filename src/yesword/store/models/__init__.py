"""The tables that nobody waits for, as Django models. The hot tables are SQL: see `schema/`."""

from yesword.store.models.audits import CarrierAudit
from yesword.store.models.campaigns import Campaign, CampaignVerdict, ImportRun, VerdictPerson
from yesword.store.models.collection import CollectionPoint, PointVersion, SourceTag, VisitorKey
from yesword.store.models.contests import Contest
from yesword.store.models.holds import Alert, AlertSettings, SendingHold
from yesword.store.models.hooks import HookSource, PointKey, WebhookEndpoint
from yesword.store.models.invitations import InvitationCampaign
from yesword.store.models.leaving import LeavePage
from yesword.store.models.opt_outs import GoneFile, OptOutCheck, OptOutDifference
from yesword.store.models.pauses import BrandThresholds, SendingAlarm
from yesword.store.models.people import AuditEntry, User
from yesword.store.models.privacy import Breach, RetentionRun
from yesword.store.models.proclamations import Proclamation
from yesword.store.models.programs import (
    Account,
    Brand,
    Disclosure,
    FurtherSender,
    Program,
    ProgramVersion,
    Sender,
    SendingLimit,
)
from yesword.store.models.proof import Asking, StampAuthority, Witness
from yesword.store.models.renewals import RenewalRound

__all__ = [
    "Account",
    "Alert",
    "AlertSettings",
    "Asking",
    "AuditEntry",
    "Brand",
    "BrandThresholds",
    "Breach",
    "Campaign",
    "CampaignVerdict",
    "CarrierAudit",
    "CollectionPoint",
    "Contest",
    "Disclosure",
    "FurtherSender",
    "GoneFile",
    "HookSource",
    "ImportRun",
    "InvitationCampaign",
    "LeavePage",
    "OptOutCheck",
    "OptOutDifference",
    "PointKey",
    "PointVersion",
    "Proclamation",
    "Program",
    "ProgramVersion",
    "RenewalRound",
    "RetentionRun",
    "Sender",
    "SendingAlarm",
    "SendingHold",
    "SendingLimit",
    "SourceTag",
    "StampAuthority",
    "User",
    "VerdictPerson",
    "VisitorKey",
    "WebhookEndpoint",
    "Witness",
]
