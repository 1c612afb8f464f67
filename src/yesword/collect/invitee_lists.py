"""Reading a list of people to invite: a CSV file with a line of column names, as newsletter tools write it."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yesword.domain.collecting import invitation_words
from yesword.domain.errors import YeswordError

_SAMPLE: Final = 64 * 1024  # characters looked at to tell what parts the columns
_LONGEST: Final = 254
_LONGEST_NAME: Final = 80


class BadListError(YeswordError):
    """The list cannot be read."""

    code = "invitee_list_bad"


class BadLineError(BadListError):
    """The list cannot be read: line {line} is no line of a CSV file."""

    code = "invitee_list_bad_line"


class NotUtf8Error(BadListError):
    """The list cannot be read: it is no text in UTF-8; save it as CSV (UTF-8)."""

    code = "invitee_list_not_utf8"


class EmptyListError(BadListError):
    """The list cannot be read: there is nothing in it."""

    code = "invitee_list_empty"


class BadHeadError(BadListError):
    """The list cannot be read: its first line is no line of a CSV file."""

    code = "invitee_list_bad_head"


class NoMailColumnError(BadListError):
    """The list cannot be read: no column is called e-mail."""

    code = "invitee_list_no_mail"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ListRow:
    """One person, as written. Nothing of it is checked yet."""

    mail: str
    name: str = ""
    language: str = ""
    number: str = ""
    has_left: bool = False  # the list itself says that they want no e-mail


def reader(source: Path | bytes) -> Callable[[], Iterator[ListRow]]:
    """The rows, as often as one asks for them: those who left are looked for before anybody is added. Raises BadListError."""
    with _opened(source) as file:
        _columns(file)  # so that a list without a column of addresses is told at once
    return lambda: _rows(source)


def _rows(source: Path | bytes) -> Iterator[ListRow]:
    with _opened(source) as file:
        columns, lines = _columns(file)
        try:
            for cells in lines:
                if any(cells):
                    yield _row(columns, cells)
        except csv.Error as error:
            raise BadLineError(line=lines.line_num) from error
        except UnicodeDecodeError as error:
            raise NotUtf8Error from error


def _opened(source: Path | bytes) -> io.TextIOBase:
    if isinstance(source, bytes):
        return io.TextIOWrapper(io.BytesIO(source), encoding="utf-8-sig", newline="")
    return source.open(encoding="utf-8-sig", newline="")


def _columns(file: io.TextIOBase) -> tuple[Mapping[str, int], Any]:
    try:
        sample = file.read(_SAMPLE)
    except UnicodeDecodeError as error:
        raise NotUtf8Error from error
    file.seek(0)
    head = sample.partition("\n")[0]
    lines = csv.reader(file, delimiter=max(",;\t|", key=head.count))
    try:
        names = [_plain(each) for each in next(lines)]
    except StopIteration:
        raise EmptyListError from None
    except csv.Error as error:
        raise BadHeadError from error
    columns = {
        field: next(index for index, name in enumerate(names) if name in known)
        for field, known in _NAMES.items()
        if any(name in known for name in names)
    }
    if "mail" not in columns:
        raise NoMailColumnError
    return columns, lines


def _row(columns: Mapping[str, int], cells: list[str]) -> ListRow:
    def cell(field: str) -> str:
        at = columns.get(field)
        return "" if at is None or at >= len(cells) else cells[at].strip()[:_LONGEST]

    language = cell("language").lower().replace("_", "-").partition("-")[0]
    status = _plain(cell("status"))
    return ListRow(
        mail=cell("mail"),
        name=cell("name")[:_LONGEST_NAME],
        language=language if language in invitation_words.languages() else _language(language),
        number=cell("number"),
        has_left=status in _LEFT or _plain(cell("left")) in _YES | _LEFT,
    )


def _plain(written: str) -> str:
    return "".join(each for each in written.casefold() if each.isalnum())


def _language(written: str) -> str:
    return _LANGUAGES.get(written, written if len(written) == 2 and written.isalpha() else "")


# By what newsletter tools and people call them, without case, blanks and hyphens.
_NAMES: Final[Mapping[str, frozenset[str]]] = {
    "mail": frozenset({"email", "mail", "emailaddress", "mailaddress", "emailadres", "epost", "epostadress", "emailadresse", "mailadresse", "mailadres", "epostadresse"}),
    "name": frozenset({"name", "firstname", "fullname", "naam", "voornaam", "namn", "förnamn", "vorname", "navn", "fornavn"}),
    "language": frozenset({"language", "lang", "locale", "taal", "språk", "sprache", "sprog"}),
    "number": frozenset({"phone", "mobile", "phonenumber", "mobilenumber", "number", "telefoon", "mobiel", "telefon", "mobil", "mobilnummer", "handynummer", "telefoonnummer"}),
    "status": frozenset({"status", "subscriptionstatus", "emailstatus"}),
    "left": frozenset({"unsubscribed", "optedout", "optout", "uitgeschreven", "avregistrerad", "abgemeldet", "afmeldt"}),
}  # fmt: skip
_LEFT: Final = frozenset({"unsubscribed", "optedout", "optout", "cleaned", "bounced", "suppressed", "complained", "uitgeschreven", "avregistrerad", "abgemeldet", "afmeldt"})  # fmt: skip
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "ja", "j"})
_LANGUAGES: Final = {"english": "en", "dutch": "nl", "nederlands": "nl", "swedish": "sv", "svenska": "sv", "german": "de", "deutsch": "de", "danish": "da", "dansk": "da"}  # fmt: skip
