"""What mail programs and phones add below a text by themselves: "Sent from my iPhone". It says nothing of its sender's wish.

Only where such a line begins and ends; taking it out belongs to `normalise`.
"""

from collections.abc import Sequence
from typing import Final

_DEVICE_WORDS: Final = (
    "iphone iphonea iphonen iphonesta ipad ipadu samsung galaxy android pixel huawei xiaomi oneplus nokia "
    "motorola blackberry smartphone mobile mobiel mobil mobiltelefon mobiltelefoon mobieltje handy phone "
    "telefoon telefon outlook ios mail gmail yahoo pro max mini ultra plus"
)
_DEVICES: Final = frozenset(_DEVICE_WORDS.split())
# What may stand between and behind: Sent from Outlook for Android, Yahoo Mail on Android, Mail für Windows.
_BEHIND_WORDS: Final = "for on fur til voor pa para pour per windows mac web app aol"
_BEHIND_A_DEVICE: Final = frozenset(_BEHIND_WORDS.split())
_LONGEST_DEVICE_NAME: Final = 5
_BEFORE_DEVICE: Final = tuple(
    tuple(line.split())
    for line in """
    sent from my
    sent from
    sent via
    get outlook for
    verstuurd vanaf mijn
    verzonden vanaf mijn
    verstuurd vanaf
    verzonden vanaf
    hamta
    download
    hent
    gesendet von
    verzonden met mijn
    skickat fran min
    skickat fran
    von meinem
    von meiner
    gesendet von meinem
    gesendet mit
    sendt fra min
    sendt fra
    get
    envoye de mon
    envoye depuis mon
    envoye a partir de mon
    enviado desde mi
    enviado do meu
    inviato da
    inviato dal mio
    lahetetty
    wyslane z
    wyslano z
    """.strip().splitlines()
)
_AFTER_DEVICE: Final = frozenset({"gesendet", "verstuurd", "verzonden", "geschickt"})
STARTS: Final = frozenset(phrase[0] for phrase in _BEFORE_DEVICE)


def length_at(tokens: Sequence[str], at: int) -> int:
    """How many tokens from `at` are a signature; 0 if none."""
    for phrase in _BEFORE_DEVICE:
        after = at + len(phrase)
        if tuple(tokens[at:after]) != phrase:
            continue
        end = after
        while (
            end < len(tokens)
            and end - after < _LONGEST_DEVICE_NAME
            and _is_device(tokens[end], is_later=end > after)
        ):
            end += 1
        if end > after:
            return end - at + (end < len(tokens) and tokens[end] in _AFTER_DEVICE)
    return 0


def _is_device(token: str, *, is_later: bool) -> bool:
    """A device's name, or the number of its model after one."""
    is_behind = is_later and (token in _BEHIND_A_DEVICE or (len(token) <= 3 and token[-1].isdigit()))
    return token in _DEVICES or is_behind
