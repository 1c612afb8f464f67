"""Contests for tests: announced on a world's club, which texts from 800123."""

from datetime import timedelta
from typing import Any

from factories.worlds import World
from yesword.collect import contests
from yesword.collect.contests import Contest
from yesword.domain.collecting.contest_words import suggested
from yesword.domain.collecting.contests import Answering, ContestDefinition, ContestWording, Option

A_DAY = timedelta(days=1)
ABC = tuple(Option(word=word, label=label) for word, label in [("A", "Red"), ("B", "Blue"), ("C", "Green")])


def definition(here: World, **changes: Any) -> ContestDefinition:
    usual: dict[str, Any] = {
        "name": "Colour of the year",
        "program": here.club.id,
        "program_version": here.club.version,
        "keywords": ("VOTE",),
        "answering": Answering.OPTIONS,
        "options": ABC,
        "opens_at": here.at - A_DAY,
        "closes_at": here.at + A_DAY,
        "wordings": (("en", ContestWording(title="Colour of the year", consent=suggested(here.club, "en"))),),
        "winners": 2,
        "seed_source": "the lottery of Saturday",
        "seed_due_at": here.at + 3 * A_DAY,
    }
    return ContestDefinition(**{**usual, **changes})


def announced(here: World, key: str = "colour", **changes: Any) -> Contest:
    drafted = contests.draft(here.club.brand, key, definition(here, **changes), here.at)
    return contests.announce(drafted, here.at)
