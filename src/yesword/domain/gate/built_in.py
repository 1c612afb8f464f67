"""The rules that no pack has to give, by their ids: the person's own word, the program's promise, lists of the house.

For readers: what each says is decided in the steps.
"""

from dataclasses import dataclass
from typing import Final

from yesword.domain.gate.reasons import BUILT_IN, RECORD
from yesword.domain.permission import Lack


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltIn:
    id: str
    code: str  # of its reason, and of its sentence in the catalogue
    rests_on: str


_CODES: Final = {"program_age": "too_young"}  # the only rule whose code has another name

_BY_ID: Final = {
    f"{pack}.{rule}": BuiltIn(id=f"{pack}.{rule}", code=_CODES.get(rule, rule), rests_on=said)
    for rule, (pack, said) in BUILT_IN.items()
} | {
    f"{RECORD}.{each.value}": BuiltIn(
        id=f"{RECORD}.{each.value}", code=each.value, rests_on="the person's own word"
    )
    for each in Lack
}
BUILT_IN_RULES: Final = tuple(_BY_ID[each] for each in sorted(_BY_ID))


def built_in_rule(rule_id: str) -> BuiltIn | None:
    return _BY_ID.get(rule_id)
