"""The self-check of the ledger: everything is computed anew, and what does not fit is named."""

from yesword.proof.auditing.audit import audit
from yesword.proof.auditing.report import AuditReport, LogAudit, Progress, Trust

__all__ = ["AuditReport", "LogAudit", "Progress", "Trust", "audit"]
