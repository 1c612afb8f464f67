"""The languages of the pages, each in its own name: whoever cannot read the page can still find theirs."""

from typing import Final

NAMES: Final = (
    ("en", "English"),
    ("nl", "Nederlands"),
    ("sv", "Svenska"),
    ("de", "Deutsch"),
    ("da", "Dansk"),
)
CODES: Final = tuple(code for code, _ in NAMES)
# Programs speak these, though no page does.
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


def direction_of(language: str) -> str:
    """Which way somebody's own words run, whatever the page around them speaks."""
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
