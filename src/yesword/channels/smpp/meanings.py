"""What the codes of SMPP carriers mean in our words: those of refused submits and those in delivery reports.

An account's own table may name a meaning outright, as in `own_codes.0x401=opted_out`; such a name means itself.
"""

from types import MappingProxyType
from typing import Final

from yesword.channels.errors import CarrierError

MEANINGS: Final = MappingProxyType(
    {
        # of refused submits
        "too_long": CarrierError.CONTENT,
        "bad_request": CarrierError.OTHER,
        "submit_failed": CarrierError.OTHER,
        "rejected": CarrierError.OTHER,
        "unknown_error": CarrierError.OTHER,
        "undeliverable": CarrierError.OTHER,
        "carrier_error": CarrierError.TEMPORARY,
        "wrong_bind": CarrierError.TEMPORARY,
        "already_bound": CarrierError.TEMPORARY,
        # causes of the GSM network
        "absent_subscriber": CarrierError.TEMPORARY,
        "phone_busy": CarrierError.TEMPORARY,
        "network_failure": CarrierError.TEMPORARY,
        "delivery_failed": CarrierError.TEMPORARY,
        "illegal_phone": CarrierError.TEMPORARY,
        "no_texts_on_this_line": CarrierError.LANDLINE,
        "illegal_subscriber": CarrierError.OTHER,
        "call_barred": CarrierError.OTHER,
        **{each.value: each for each in CarrierError},
    }
)


def meaning_of(code: str | None) -> CarrierError | None:
    """None for a code that only its carrier knows."""
    return None if code is None else MEANINGS.get(code)
