"""Enums of words that the gate looks things up by, for every text."""

import enum


class Term(enum.StrEnum):
    """A word of a fixed list. It hashes as the string that it is: an enum's own hash is computed in Python each time."""

    __hash__ = str.__hash__
