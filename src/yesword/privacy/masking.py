"""What of a note or a row is about others: colleagues' names and other numbers, masked before a person gets to read it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from yesword.store import models
from yesword.store.contacts import Contact

MASK: Final = "▮▮▮"
_LEAST: Final = 3  # letters of a name: shorter ones are words
# As people write telephone numbers; a date or a digest is none.
_NUMBER: Final = re.compile(r"(?<!\w)(?:\+|0)\d(?:[\s().-]?\d){6,}(?!\w)|(?<!\w)\d{9,15}(?!\w)")
_FREE_WORDS: Final = frozenset({"reason", "note"})


class Masker:
    """Masks others in words, and in whatever holds words. The person's own number and name stay."""

    __slots__ = ("_names", "_own")

    def __init__(self, names: Iterable[str], own_number: str | None, own_name: str = "") -> None:
        own = {part.casefold() for part in own_name.split()}
        whole = {name.strip() for name in names}
        parts = whole | {part for name in whole for part in name.split()}
        wanted = sorted(
            (part for part in parts if len(part) >= _LEAST and part.casefold() not in own),
            key=lambda part: (-len(part), part),
        )
        pattern = "|".join(re.escape(part) for part in wanted)
        self._names = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if wanted else None
        self._own = _digits(own_number or "")

    def names(self, text: str) -> str:
        return text if self._names is None else self._names.sub(MASK, text)

    def words(self, text: str) -> str:
        """What somebody of the house wrote: names, and numbers that are not the person's."""
        return _NUMBER.sub(
            lambda found: found[0] if self._is_own(found[0]) else MASK,
            self.names(text),
        )

    def members(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same for what is nested. The id of a user says who of the house it was, so it goes."""
        return {key: self._value(key, each) for key, each in values.items() if key != "user"}

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            return self.words(value) if key in _FREE_WORDS else self.names(value)
        if isinstance(value, Mapping):
            return self.members(value)
        if isinstance(value, Sequence):
            return [self._value(key, each) for each in value]
        return value

    def _is_own(self, text: str) -> bool:
        """Also without its country code, as people write it."""
        digits = _digits(text).lstrip("0")
        return bool(self._own) and bool(digits) and self._own.endswith(digits)


def for_person(contact: Contact) -> Masker:
    """Who works here, by whatever name: all of them are others."""
    rows = models.User.objects.values_list("name", "display_name")
    return Masker([name for row in rows for name in row], contact.number, contact.name)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
