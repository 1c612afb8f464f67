"""Whether a text shows one particular number, in whatever usual way it is written there.

National or international, with spaces, dots, dashes and brackets, in digits of any script. Reading a number of which
nothing is known is `phone`'s.
"""

import functools
import re
import unicodedata
from typing import Final

_BETWEEN: Final = r"[ \t()./'\-\u2010-\u2015]{0,4}"
_BEFORE: Final = re.compile(rf"(?P<plus>\+?)(?P<all>(?:{_BETWEEN}\d){{0,7}}){_BETWEEN}$")
_TOUCHING: Final = re.compile(r"\d*$")
_FAR: Final = 40  # characters in front that may belong to it
_MOST_BEFORE: Final = 6  # digits in front of a national number: 00, the country's code, and the trunk's 0
_TRUNKS: Final = (
    "0",
    "8",
    "06",
)  # what is dialled first at home: 8 in some countries of the east, 06 in Hungary


def shows(text: str, number: str, calling_code: str) -> bool:
    """Whether `number` (E.164) of the country with this code stands in the text."""
    plain = plain_digits(text)
    found = _pattern(number, calling_code).finditer(plain)
    return any(_is_it(plain[max(0, each.start() - _FAR) : each.start()], calling_code) for each in found)


def plain_digits(text: str) -> str:
    """The text with ASCII digits, one width, and nothing invisible."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    others = {ord(each): _plain(each) for each in set(folded) if not each.isascii()}
    return folded.translate(others)


def _plain(character: str) -> str:
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Cf":
            return ""
        case "Zs":
            return " "
        case _:
            return character


@functools.lru_cache(maxsize=64)
def _pattern(number: str, calling_code: str) -> re.Pattern[str]:
    national = number.removeprefix("+").removeprefix(calling_code)
    return re.compile(_BETWEEN.join(national) + r"(?!\d)")


def _is_it(before: str, code: str) -> bool:
    """Whether what stands in front is nothing, or one of the ways to lead over to a national number of this country."""
    ways = {"", code, *_TRUNKS}
    for prefix in ("00", "011"):
        ways.add(prefix + code)
    ways |= {way + "0" for way in ways if way.endswith(code)}
    led = _BEFORE.search(before)
    digits = "" if led is None else "".join(filter(str.isdecimal, led["all"]))
    if led is not None and led["plus"] and len(digits) <= _MOST_BEFORE:
        return digits in ways
    touching = _TOUCHING.search(before)
    return digits in ways or (touching is not None and touching[0] in ways)
