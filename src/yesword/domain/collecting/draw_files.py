"""A contest as a file that anybody can check: digests of entries, what was published and when, the seed and who won.

There is no number in it, and nothing of an answer. `verify` needs nothing but the file.
"""

import enum
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yesword.domain.collecting import drawing
from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis

FORMAT: Final = "yesword-contest-1"
LARGEST: Final = 200 * 1024 * 1024  # bytes: some three million entries


class BadDrawFileError(YeswordError):
    """The file is no contest that can be checked: {what}."""

    code = "bad_draw_file"


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """What was published when the contest closed, before there was a seed."""

    list_digest: str
    entries: int
    committed_at: datetime
    source: str  # from where the seed was announced to come
    seed_due_at: datetime | None  # and when


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    seed: str
    source: str
    seed_at: datetime  # when the seed was published
    drawn_at: datetime
    winners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawFile:
    contest: str  # the key
    name: str
    brand: str
    opens_at: datetime
    closes_at: datetime
    places: int  # how many win
    entries: tuple[str, ...]
    commitment: Commitment
    drawn: Drawn | None = None


class Trouble(enum.StrEnum):
    """What can be wrong with a draw."""

    LIST = "list"  # the entries are not those whose digest was published
    COUNT = "count"
    SEED_TOO_EARLY = "seed_too_early"  # it was known before the list was fixed
    SEED_TOO_LATE = "seed_too_late"  # the draw claims to be older than its seed
    OTHER_SOURCE = "other_source"  # not from where it was announced to come
    WINNERS = "winners"


def write(file: DrawFile) -> str:
    """One JSON object, its entries in their canonical order."""
    made: dict[str, Any] = {
        "format": FORMAT,
        "algorithm": drawing.ALGORITHM,
        "contest": file.contest,
        "name": file.name,
        "brand": file.brand,
        "opens_at": iso_millis(file.opens_at),
        "closes_at": iso_millis(file.closes_at),
        "places": file.places,
        "commitment": {
            "list_digest": file.commitment.list_digest,
            "entries": file.commitment.entries,
            "committed_at": iso_millis(file.commitment.committed_at),
            "source": file.commitment.source,
            "seed_due_at": None
            if file.commitment.seed_due_at is None
            else iso_millis(file.commitment.seed_due_at),
        },
        "draw": None,
        "entries": list(drawing.canonical(file.entries)),
    }
    if file.drawn is not None:
        made["draw"] = {
            "seed": file.drawn.seed,
            "source": file.drawn.source,
            "seed_at": iso_millis(file.drawn.seed_at),
            "drawn_at": iso_millis(file.drawn.drawn_at),
            "winners": list(file.drawn.winners),
        }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> DrawFile:
    """Raises BadDrawFileError, BadLeafError."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadDrawFileError(what="it is no JSON") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadDrawFileError(what=f"its format is not {FORMAT}")
    if found.get("algorithm") != drawing.ALGORITHM:
        raise BadDrawFileError(what=f"it was drawn by another rule than {drawing.ALGORITHM}")
    try:
        committed, drawn = found["commitment"], found["draw"]
        return DrawFile(
            contest=_text(found["contest"]),
            name=_text(found["name"]),
            brand=_text(found["brand"]),
            opens_at=_moment(found["opens_at"]),
            closes_at=_moment(found["closes_at"]),
            places=int(found["places"]),
            entries=drawing.canonical(_texts(found["entries"])),
            commitment=Commitment(
                list_digest=_text(committed["list_digest"]),
                entries=int(committed["entries"]),
                committed_at=_moment(committed["committed_at"]),
                source=_text(committed["source"]),
                seed_due_at=None if committed["seed_due_at"] is None else _moment(committed["seed_due_at"]),
            ),
            drawn=None
            if drawn is None
            else Drawn(
                seed=_text(drawn["seed"]),
                source=_text(drawn["source"]),
                seed_at=_moment(drawn["seed_at"]),
                drawn_at=_moment(drawn["drawn_at"]),
                winners=tuple(_texts(drawn["winners"])),
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadDrawFileError(what=f"something is missing or of another kind ({error})") from error


def verify(file: DrawFile) -> tuple[Trouble, ...]:
    """Everything that is wrong with it; nothing where list, times and winners fit together.

    That the digest of the list was public before the seed cannot be seen in a file: compare it with what the page of
    the contest, or whoever noted it down, said then.
    """
    found: list[Trouble] = []
    committed = file.commitment
    if drawing.list_digest(file.contest, file.entries) != committed.list_digest:
        found.append(Trouble.LIST)
    if len(file.entries) != committed.entries:
        found.append(Trouble.COUNT)
    if file.drawn is None:
        return tuple(found)
    if file.drawn.seed_at <= committed.committed_at:
        found.append(Trouble.SEED_TOO_EARLY)
    if file.drawn.drawn_at < file.drawn.seed_at:
        found.append(Trouble.SEED_TOO_LATE)
    if file.drawn.source != committed.source:
        found.append(Trouble.OTHER_SOURCE)
    if file.drawn.winners != drawing.winners(file.contest, file.entries, file.drawn.seed, file.places):
        found.append(Trouble.WINNERS)
    return tuple(found)


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = "no text"
        raise TypeError(message)
    return value


def _texts(value: object) -> Sequence[str]:
    if not isinstance(value, list):
        message = "no list"
        raise TypeError(message)
    return [_text(each) for each in value]


def _moment(value: object) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        message = "a time without a zone"
        raise ValueError(message)
    return found
