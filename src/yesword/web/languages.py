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
