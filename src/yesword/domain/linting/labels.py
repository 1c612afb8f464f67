"""Other ways in which a label that some rule wants is written: data, in `labels.csv`, read strictly.

Rules give a label as their source does. Where people write the same in another way, "STOP au 36111" for "STOP 36111",
that carries it too; and one of the ways is the one to offer.
"""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Final

from yesword.domain.errors import YeswordError

_COLUMNS: Final = ["literal", "also", "offer"]


class LabelTableError(YeswordError):
    """Row {row} of the table of labels is not understood: {problem}. Correct the table."""

    code = "bad_label_table"


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    also: tuple[str, ...]
    offer: str


@functools.cache
def table() -> Mapping[str, Written]:
    return read_table(resources.files(__package__).joinpath("labels.csv").read_text("utf-8"))


def read_table(text: str) -> Mapping[str, Written]:
    rows = csv.reader(text.splitlines())
    if next(rows, None) != _COLUMNS:
        raise LabelTableError(row=1, problem=f"the columns are not {', '.join(_COLUMNS)}")
    found: dict[str, Written] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(_COLUMNS) or not all(each.strip() for each in row):
            raise LabelTableError(row=number, problem=row)
        literal, also, offer = row
        known = found.get(literal, Written(also=(), offer=offer))
        if also in known.also or offer != known.offer:
            raise LabelTableError(row=number, problem=row)
        found[literal] = Written(also=(*known.also, also), offer=offer)
    return MappingProxyType(found)


def ways(literal: str) -> tuple[str, ...]:
    """The label and what stands for it."""
    written = table().get(literal)
    return (literal, *written.also) if written else (literal,)


def offered(literal: str) -> str:
    written = table().get(literal)
    return written.offer if written else literal
