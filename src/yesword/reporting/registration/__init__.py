"""Carrier registration, made from a program: the fields of a 10DLC campaign or a toll-free verification, the way in told in
plain English, and what would get it rejected.

Nothing is sent to anybody. What only the operator can know is asked for and never made up.
"""

from yesword.reporting.registration.checks import Finding, Grade, check, would_be_rejected
from yesword.reporting.registration.details import BusinessDetails, read_details
from yesword.reporting.registration.fields import CampaignFields, Kind, TollFreeFields
from yesword.reporting.registration.packing import Registration, files, register

__all__ = [
    "BusinessDetails",
    "CampaignFields",
    "Finding",
    "Grade",
    "Kind",
    "Registration",
    "TollFreeFields",
    "check",
    "files",
    "read_details",
    "register",
    "would_be_rejected",
]
