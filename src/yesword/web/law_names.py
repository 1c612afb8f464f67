"""Names in the rule packs that read otherwise in other languages. A test holds them against the packs."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

PLACES: Final = (
    _("United Arab Emirates"),
    _("Austria"),
    _("Australia"),
    _("Belgium"),
    _("Brazil"),
    _("Canada"),
    _("Canadian carriers"),
    _("Switzerland"),
    _("Germany"),
    _("Denmark"),
    _("Spain"),
    _("European Union"),
    _("Finland"),
    _("France"),
    _("United Kingdom"),
    _("Hong Kong"),
    _("Ireland"),
    _("Israel"),
    _("India"),
    _("US long codes (10DLC)"),
    _("US carriers"),
    _("US short codes"),
    _("US toll-free numbers"),
    _("Italy"),
    _("Japan"),
    _("South Korea"),
    _("Mexico"),
    _("Netherlands"),
    _("Norway"),
    _("New Zealand"),
    _("Poland"),
    _("Saudi Arabia"),
    _("Sweden"),
    _("Singapore"),
    _("Turkey"),
    _("United States"),
    _("California"),
    _("South Africa"),
)
CITATIONS: Final = (
    _("house rule"),
    _("house rule, by GDPR art. 7(1)"),
    _("house rule, by UK GDPR art. 7(1)"),
    _("the person's own word"),
)
_KNOWN: Final = frozenset({*PLACES, *CITATIONS})


def named(name: str) -> str:
    """The name in the reader's language; as it stands, where it reads the same in all of them."""
    return gettext(name) if name in _KNOWN else name
