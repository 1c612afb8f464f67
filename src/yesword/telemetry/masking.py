"""The last line of defence: nothing that looks like a number, an address or a private link is told to a log or a trace."""

import re
from collections.abc import Mapping
from typing import Any, Final

_MASK: Final = "•••"
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]?\d){6,}")
_ADDRESS: Final = re.compile(r"[^\s@/:<>'\"]+@[^\s@/<>'\"]+")
_PRIVATE: Final = re.compile(r"(/(?:welcome|r|u|m|y|audit)/|[?&](?:key|t)=)[^\s/&?'\"]+")
# E.164 has 15 digits at most, and ids of ours and times in microseconds have more. A process id has seven at most.
_LEAST, _MOST = 10**7, 10**15
_DEEPEST: Final = 6


def mask(text: str) -> str:
    """The text without telephone numbers, mail addresses and what is secret in private links."""
    return _LONG_NUMBER.sub(_MASK, _ADDRESS.sub(_MASK, _PRIVATE.sub(rf"\1{_MASK}", text)))


def masked(value: Any, depth: int = 0) -> Any:
    """The same of whatever a field may hold. What is no plain value is told as its masked `repr`."""
    if isinstance(value, str):
        return mask(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _MASK if _LEAST <= abs(value) < _MOST else value
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {mask(str(key)): masked(each, depth + 1) for key, each in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [masked(each, depth + 1) for each in value]
    return mask(repr(value))
