"""A brand's own thresholds, where it has any."""

from collections.abc import Mapping
from typing import Any, Final

from yesword.domain.ids import BrandId
from yesword.domain.thresholds import USUAL, Measure, Threshold, Thresholds
from yesword.store.models import AuditEntry, BrandThresholds

_LEAST: Final = ("minimum", "complaint_minimum")


def of_brand(brand: BrandId) -> Thresholds:
    row = BrandThresholds.objects.filter(pk=brand).first()
    return USUAL if row is None else _read(row.limits)


def keep(brand: BrandId, thresholds: Thresholds, user: int | None, *, on_machine: str = "") -> None:
    """From now on these hold. An audit row says who wanted them: an account, or whoever the machine knows."""
    limits: dict[str, Any] = {
        each.value: [thresholds.of(each).warn, thresholds.of(each).pause] for each in Measure
    }
    limits |= {name: getattr(thresholds, name) for name in _LEAST}
    BrandThresholds.objects.update_or_create(pk=brand, defaults={"limits": limits})
    detail = limits | ({"on_machine": on_machine} if on_machine else {})
    AuditEntry.objects.create(
        user_id=user, action="thresholds.changed", subject=f"brand {brand}", detail=detail
    )


def _read(limits: Mapping[str, Any]) -> Thresholds:
    shares = {each: Threshold(warn=limits[each.value][0], pause=limits[each.value][1]) for each in Measure}
    return Thresholds(
        opt_outs=shares[Measure.OPT_OUTS],
        errors=shares[Measure.ERRORS],
        complaints=shares[Measure.COMPLAINTS],
        minimum=limits["minimum"],
        complaint_minimum=limits["complaint_minimum"],
    )
