"""A share of the imported people to text first: a campaign to few shows what a list is worth before all of it goes out."""

import hashlib
from typing import Final

from yesword.domain.ids import ContactId

ATTRIBUTE: Final = "canary"
YES: Final = "yes"


def is_canary(contact: ContactId, percent: int) -> bool:
    """Always the same for the same person: a larger share holds the smaller one."""
    digest = hashlib.sha256(f"canary:{contact}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 10_000 < percent * 100
