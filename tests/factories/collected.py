"""What a brand collects by: a form of two versions with somebody who asked from each, one that nobody has used yet, and a
contest that was drawn.
"""

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from factories import contests
from factories.contests import A_DAY
from factories.points import CONSENT, definition, sent
from factories.worlds import World
from yesword.collect import contest_draws, forms, points
from yesword.collect import contests as running
from yesword.domain.collecting.points import Wording

DOOR, UNUSED, COLOUR = "door", "window", "colour"
ASKED = ("+31612345601", "+31612345602")
ENTRANTS = ("+31612345611", "+31612345612", "+31612345613")
SEED = "3 14 15 26 35 41"


def collect(here: World, page: str) -> None:
    """`page`: the digest of one that is kept."""
    for number, title in zip(ASKED, ("Welcome", "Good day"), strict=True):
        wordings = (("en", Wording(title=title, consent=CONSENT)),)
        with _now(here):
            point = points.publish(here.club.brand, DOOR, definition(here, wordings=wordings), {"en": page})
        forms.take(here.store, sent(point, number, nonce=title), here.at)
    here.settle()
    for title in ("Welcome", "Good day"):
        wordings = (("en", Wording(title=title, consent=CONSENT)),)
        with _now(here):
            points.publish(here.club.brand, UNUSED, definition(here, wordings=wordings), {"en": page})
    with _now(here):
        contest = contests.announced(here, COLOUR, takes_yes=True, right=("B",), closes_at=here.at + A_DAY)
    for number, said in zip(ENTRANTS, ("VOTE B YES", "VOTE B", "VOTE A"), strict=True):
        here.text(number, said)
    here.wait(days=2)
    contest_draws.close(here.store, contest, here.at)
    here.wait(days=2)
    seed_at = here.at
    here.wait(minutes=5)
    contest_draws.draw(here.store, running.find(COLOUR), SEED, "", seed_at, here.at)


def _now(here: World) -> AbstractContextManager[Any]:
    """Rows that bear the time of the machine bear that of the world instead."""
    return patch("django.utils.timezone.now", return_value=here.at)
