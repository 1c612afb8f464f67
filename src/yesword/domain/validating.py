"""Holds rule packs and golden cases against what they have to be, and tells everything that is wrong, not just the first.

The schema itself is in `rules`, and what a case may say in `golden`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Final

from yesword.domain.gate.built_in import built_in_rule
from yesword.domain.golden import Golden, GoldenError, read_cases
from yesword.domain.rules import PackError, RuleBook

_STRING: Final = r'^{key}\s*=\s*"([^"]*)"'


def shipped_files() -> dict[str, str]:
    """The packs that ship with Yesword, as they are written: file name → text."""
    folder = resources.files("yesword.domain.rules").joinpath("packs")
    return {each.name: each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".toml")}


def together(shipped: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Given files with the shipped ones; a given pack stands in the place of the shipped one of its id."""
    ids = {_value(text, "id") for text in given.values()}
    return {file: text for file, text in shipped.items() if _value(text, "id") not in ids} | dict(given)


def read_book(files: Mapping[str, str]) -> tuple[RuleBook, list[str]]:
    """The packs that can be read, and a sentence about each mistake in the others: file, line, and what was expected.

    A pack whose parent cannot be read is left out without a word of its own.
    """
    left, unread, complaints = dict(files), set[str | None](), list[str]()
    while True:
        try:
            return RuleBook.read(left), complaints
        except PackError as error:
            file = str(error.fields["file"])
            if (_value(left[file], "parent") or "") not in unread:
                complaints += [each.message for each in (error, *error.others)]
            unread.add(_value(left[file], "id"))
            del left[file]


def read_all_cases(files: Mapping[str, str]) -> tuple[list[Golden], list[str]]:
    """The golden cases of these files, and a sentence about each mistake in them."""
    cases, complaints = list[Golden](), list[str]()
    for file, text in files.items():
        try:
            cases += read_cases(text, file)
        except GoldenError as error:
            complaints += [each.message for each in (error, *error.others)]
    return cases, complaints


def failing(cases: Iterable[Golden], book: RuleBook) -> Iterator[str]:
    """A sentence about each case that the gate answers otherwise, or that pins a rule that is none."""
    known = {rule.id for pack in book.packs for rule in pack.rules}
    for case in cases:
        if case.rule not in known and built_in_rule(case.rule) is None:
            yield f"{case!r}: there is no rule {case.rule}."
        elif (complaint := case.complaint(book)) is not None:
            yield f"{case!r}: {complaint}."


def _value(text: str, key: str) -> str | None:
    found = re.search(_STRING.format(key=key), text, re.MULTILINE)
    return found[1] if found else None
