"""Codes that a page asks people to text, and how they are told from other texts that hold a number."""

import re
from collections.abc import Iterable
from typing import Final

from yesword.domain.understanding.normalise import normalise

_CODE: Final = re.compile(r"(?:(?P<word>\w+) )?(?P<digits>\d{4}|\d{6})")
_AFTER: Final = re.compile(r"(?P<digits>\d{4}|\d{6}) (?P<word>\w+)")


def digits_in(text: str, confirm_words: Iterable[str]) -> str | None:
    """The code in a text that is nothing but a code, with or without one of the confirming words before or after it."""
    said = " ".join(normalise(text).words)
    found = _CODE.fullmatch(said) or _AFTER.fullmatch(said)
    if found is None:
        return None
    word = found["word"]
    known = {" ".join(normalise(each).words) for each in confirm_words}
    return found["digits"] if word is None or word in known else None
