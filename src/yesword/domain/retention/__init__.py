"""How long the proof of a consent is kept, and why: policies as data, and what they mean for one person."""

from yesword.domain.retention.deciding import Override, Part, Retention, decide
from yesword.domain.retention.policies import Ground, Policies, Policy, shipped_policies

__all__ = ["Ground", "Override", "Part", "Policies", "Policy", "Retention", "decide", "shipped_policies"]
