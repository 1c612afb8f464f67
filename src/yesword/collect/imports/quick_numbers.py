"""Reading a million numbers: `domain.phone.parse`, asked once for each block of numbers that it cannot tell apart.

Numbering plans decide by the length and the leading digits, so numbers that differ only in the last ones mostly have the
same country and kind. Whether they do is asked of the patterns themselves: the digits in question are replaced by one that
stands for any, once so that every place in a pattern takes it and once so that only a place that takes any digit does. Where
both give the same answer, so does every number of the block. Whatever is written in an unusual way is read the long way.
"""

import re
from functools import lru_cache
from typing import Final

from yesword.domain.phone import PhoneNumber, parse

_MOST: Final = 200_000  # blocks that are remembered
_OPEN: Final = 4  # digits at the end
_ANY: Final = "X"
_PLAIN: Final = re.compile(r"\+?[0-9]{8,15}")
_TOKEN: Final = re.compile(r"\\d|\[[^\]]*\]|\{[^}]*\}|\(\?[:=!]|[0-9]|.")
_DESCRIPTIONS: Final = (
    "general_desc", "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


class QuickNumbers:
    """Remembers blocks. One for each import."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[str | None, str, int], PhoneNumber | None] = {}

    def parse(self, raw: str, country: str | None) -> PhoneNumber:
        """As `phone.parse`."""
        text = raw.strip()
        if not _PLAIN.fullmatch(text):
            return parse(raw, country=country)
        key = (country, text[:-_OPEN], len(text))
        known = self._blocks.get(key)
        if known is not None:
            return PhoneNumber(
                e164=known.e164[:-_OPEN] + text[-_OPEN:], country=known.country, kind=known.kind
            )
        found = parse(raw, country=country)
        if key not in self._blocks:
            if len(self._blocks) >= _MOST:
                self._blocks.clear()
            self._blocks[key] = found if _is_block(text, found) else None
        return found


def _is_block(text: str, found: PhoneNumber) -> bool:
    digits = text.lstrip("+")
    code = found.calling_code
    national = found.e164[1 + len(code) :]
    if not digits.endswith(national) or len(national) <= _OPEN:
        return False
    # As it is written, too: whether a prefix goes depends on what the plan makes of the number with it.
    return all(
        _says_the_same(each, pattern)
        for each in {national, digits, digits.removeprefix("0"), digits.removeprefix(code)}
        for pattern in _patterns(code)
    )


def _says_the_same(digits: str, pattern: tuple[re.Pattern[str], re.Pattern[str]]) -> bool:
    text = digits[:-_OPEN] + _ANY * _OPEN
    loose, strict = pattern
    return (loose.fullmatch(text) is None) == (strict.fullmatch(text) is None)


@lru_cache(maxsize=512)
def _patterns(calling_code: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    import phonenumbers

    found: dict[str, None] = {}
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(calling_code)]:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(calling_code), region)
        if metadata is None:
            continue
        told = (getattr(metadata, name, None) for name in _DESCRIPTIONS)
        found |= dict.fromkeys(each.national_number_pattern for each in told if each)
        if metadata.leading_digits:
            found[f"(?:{metadata.leading_digits})\\d*"] = None
    return tuple((_reading(each, is_loose=True), _reading(each, is_loose=False)) for each in found if each)


def _reading(pattern: str, *, is_loose: bool) -> re.Pattern[str]:
    def token(match: re.Match[str]) -> str:
        text = match[0]
        if text == r"\d":
            return f"[0-9{_ANY}]"
        if is_loose and text.startswith("["):
            return f"{text[:-1]}{_ANY}]".replace(r"\d", "0-9")
        if is_loose and text.isdecimal():
            return f"[{text}{_ANY}]"
        return text

    return re.compile(_TOKEN.sub(token, pattern))
