"""The registries' own tables: how long a field may be, what a use case is called, which rejections are known and what finds
them. Data in `data/`, read strictly; what they say of one registration is decided in `fields` and `checks`.
"""

import enum
import functools
from dataclasses import dataclass
from importlib import resources
from typing import Final, TypeVar

from yesword.reporting.registration import strict

T = TypeVar("T")
LANGUAGE: Final = "en"  # the only one that the reviewers read


class Kind(enum.StrEnum):
    TEN_DLC = "10dlc"
    TOLL_FREE = "toll-free"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    kind: Kind
    field: str
    source: str
    shortest: int | None = None  # characters
    longest: int | None = None
    fewest: int | None = None  # of a field that there are several of
    most: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UseCase:
    code: str  # as The Campaign Registry calls it
    toll_free: str = ""  # the category of a toll-free verification; none: there is none
    is_mixed: bool = False  # made of others
    sells: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    use_case: str
    words: tuple[str, ...]  # a program's purpose, or one of its categories


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """Something that is looked at, with its wordings. Placeholders are filled from the finding."""

    id: str
    how: str  # how it is looked at
    wrong: str
    mend: str
    ask: str = ""  # the question to the operator, where it cannot be seen from here and nobody said


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """A reason to refuse a registration, as one reviewer numbers it. Two reviewers may use one number for two things."""

    by: str
    code: str
    kinds: tuple[Kind, ...]
    wants: str
    checks: tuple[str, ...]  # each of these finds it

    @property
    def name(self) -> str:
        return f"{self.by} {self.code}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limits:
    limit: tuple[Limit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _UseCases:
    known: tuple[UseCase, ...]
    meant: tuple[Meant, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejections:
    public_mail_domains: tuple[str, ...]
    check: tuple[Check, ...]
    rejection: tuple[Rejection, ...]


@functools.cache
def limits(kind: Kind) -> dict[str, Limit]:
    return {each.field: each for each in _shipped(_Limits, "limits.toml").limit if each.kind is kind}


@functools.cache
def use_cases() -> dict[str, UseCase]:
    return {each.code: each for each in _shipped(_UseCases, "use_cases.toml").known}


def meant_by(words: tuple[str, ...]) -> str:
    """The use case that one of these words stands for, the earlier word before the later; empty where none does."""
    rows = _shipped(_UseCases, "use_cases.toml").meant
    return next((row.use_case for word in words for row in rows if word.casefold() in row.words), "")


@functools.cache
def rejections() -> Rejections:
    return read_rejections(_text("rejections.toml"), file="rejections.toml")


def read_rejections(text: str, *, file: str) -> Rejections:
    """Refuses a rejection that nothing looks for, and one told twice."""
    table = strict.read(Rejections, text, file=file)
    known = {each.id for each in table.check}
    told: set[tuple[str, str, Kind]] = set()
    for row in table.rejection:
        for check in row.checks:
            if check not in known:
                raise strict.RegistrationFileError(
                    file=file, key=row.name, what=f'nothing checks "{check}"', remedy="Add the check."
                )
        for kind in row.kinds:
            if (row.by, row.code, kind) in told:
                raise strict.RegistrationFileError(
                    file=file, key=row.name, what="it is there twice", remedy="Put it in one row."
                )
            told.add((row.by, row.code, kind))
    return table


@functools.cache
def checks() -> dict[str, Check]:
    return {each.id: each for each in rejections().check}


@functools.cache
def codes_of(check: str, kind: Kind) -> tuple[Rejection, ...]:
    """The rejections that a check finds, in a registration of this kind."""
    return tuple(row for row in rejections().rejection if check in row.checks and kind in row.kinds)


@functools.cache
def _shipped(kind: type[T], file: str) -> T:
    return strict.read(kind, _text(file), file=file)


def _text(file: str) -> str:
    return resources.files(__package__).joinpath("data", file).read_text("utf-8")
