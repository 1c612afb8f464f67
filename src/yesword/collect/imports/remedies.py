"""What to do about people whose consent is a claim only: how each of them may be asked anew. Nothing here texts anybody.

A text that asks is the exception: the program must have turned it on, and no law where the person may be bars it. Whoever
told an e-mail address can be asked by e-mail. All others can be asked where they come by themselves, such as at checkout.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.consent import AskingByText


class Remedy(StrEnum):
    """Each person of grade E has exactly one: the first that may be done."""

    TEXT = "text"
    MAIL = "mail"
    CHECKOUT = "checkout"


REMEDIES: Final[Mapping[Remedy, str]] = MappingProxyType(
    {
        Remedy.TEXT: "may be asked by one text, for no law where they are bars it and the program allows it",
        Remedy.MAIL: "can be asked by e-mail, with a link to a form",
        Remedy.CHECKOUT: "can be asked where they come by themselves: at checkout, in the shop, on the phone",
    }
)


class Remedies:
    """The way to ask each, for one program."""

    def __init__(self, program: Program, book: RuleBook | None = None) -> None:
        self._may_invite = program.may_invite
        self._book = book

    def for_person(self, country: str, *, has_mail: bool) -> Remedy:
        if self._may_invite and self._lets_ask(country):
            return Remedy.TEXT
        return Remedy.MAIL if has_mail else Remedy.CHECKOUT

    def _lets_ask(self, country: str) -> bool:
        return _lets_ask(self._book or RuleBook.load(), country)


@lru_cache(maxsize=512)
def _lets_ask(book: RuleBook, country: str) -> bool:
    """Whether no pack bars asking out of the blue in the country, or in any part of it."""
    packs = {pack for lineage in book.lineages(country, None, may_be_any_region=True) for pack in lineage}
    return not any(
        isinstance(rule.parameter, AskingByText) and rule.is_enforced and rule.parameter.bars_invitations
        for pack in packs
        for rule in pack.rules
    )
