"""Which HTTP providers there are. One line each; a provider is imported when it is asked for."""

import importlib
from collections.abc import Mapping
from typing import Final

from yesword.channels.http.provider import Kind

# The name that an account gives as its channel → the module that has its KIND.
_MODULES: Final[Mapping[str, str]] = {
    "46elks": "elks46",
    "bird": "bird",
    "cm": "cm",
    "generic": "generic",
    "infobip": "infobip",
    "inmobile": "inmobile",
    "link": "link",
    "plivo": "plivo",
    "sinch": "sinch",
    "telnyx": "telnyx",
    "twilio": "twilio",
    "vonage": "vonage",
}
NAMES: Final = tuple(sorted(_MODULES))


def kind_of(name: str) -> Kind:
    """Raises KeyError for a name that is not in NAMES."""
    module = importlib.import_module(f"yesword.channels.http.{_MODULES[name]}")
    kind: Kind = module.KIND
    return kind
