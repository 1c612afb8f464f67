"""A record under its column names: as wide as they are, and each cell found by what it is."""

from collections.abc import Sequence

from yesword.collect.imports import cells
from yesword.collect.imports.headings import Column, Layout
from yesword.collect.imports.reading import MAX_RECORD, Record
from yesword.collect.imports.refusals import (
    FieldsExtraError,
    FieldsMissingError,
    QuoteNotClosedError,
    RowTooLongError,
)


def as_wide(record: Record, layout: Layout) -> Sequence[str]:
    """The cells, one a column. Empty ones at the end of a long row are a spreadsheet's, and go."""
    if record.is_open:
        raise QuoteNotClosedError
    if record.is_long:
        raise RowTooLongError(most=MAX_RECORD)
    if len(record.cells) < layout.width:
        raise FieldsMissingError(found=len(record.cells), needed=layout.width)
    if any(cell.strip() for cell in record.cells[layout.width :]):
        raise FieldsExtraError(found=len(record.cells), needed=layout.width)
    return record.cells[: layout.width]


class Row:
    """The cells of a row by what they are."""

    __slots__ = ("cells", "layout")

    def __init__(self, row: Sequence[str], layout: Layout) -> None:
        self.cells = row
        self.layout = layout

    def at(self, place: int) -> str:
        return self.cells[place].strip() if place < len(self.cells) else ""

    def __getitem__(self, column: Column) -> str:
        place = self.layout.places.get(column)
        return "" if place is None else self.at(place)

    def said(self, column: Column) -> str:
        """The cell, or "" where it says in so many words that nothing is known."""
        cell = self[column]
        return "" if cells.is_nothing(cell) else cell

    def as_given(self) -> dict[str, str]:
        return dict(zip(self.layout.names, self.cells, strict=False))
