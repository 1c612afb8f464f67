"""What a carrier's refusal means in our words, beside its own code: few meanings, because each leads to something."""

import enum


class CarrierError(enum.StrEnum):
    """Why a text was not taken, or did not arrive."""

    OPTED_OUT = "opted_out"  # the carrier blocks it because the person told it to stop: a withdrawal
    UNKNOWN_SUBSCRIBER = "unknown_subscriber"  # nobody has this number
    DEACTIVATED = "deactivated"  # somebody had it, and no longer has
    LANDLINE = "landline"  # a number that takes no texts
    FILTERED = "filtered"  # taken for spam by a carrier
    CARRIER_VIOLATION = "carrier_violation"  # against a carrier's rules, as one of its own codes says
    SPAM_REPORT = "spam_report"  # the person complained to the carrier
    INVALID_SENDER = "invalid_sender"
    NOT_REGISTERED = "not_registered"  # the sender or its campaign stands in no registry
    INVALID_NUMBER = "invalid_number"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    THROTTLED = "throttled"
    TEMPORARY = "temporary"  # switched off, out of reach, full: another text may arrive
    CONTENT = "content"  # empty, too long, letters that it cannot carry
    OTHER = "other"
