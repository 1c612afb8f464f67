"""What a row may say of being in or out. How cells say it is in `cells`."""

from enum import StrEnum


class Wish(StrEnum):
    IN = "in"
    OUT = "out"
    UNDECIDED = "undecided"  # asked, or never asked: no grant whatever else the row says
