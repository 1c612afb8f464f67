"""What a brand collects by: a form of two versions with somebody who asked from each, and a contest that was drawn."""

from factories import contests
from factories.contests import A_DAY
from factories.points import CONSENT, definition, sent
from factories.worlds import World
from yesword.collect import contest_draws, forms, points
from yesword.collect import contests as running
from yesword.domain.collecting.points import Wording

DOOR, COLOUR = "door", "colour"
ASKED = ("+31612345601", "+31612345602")
ENTRANTS = ("+31612345611", "+31612345612", "+31612345613")
SEED = "3 14 15 26 35 41"


def collect(here: World, page: str) -> None:
    """`page`: the digest of one that is kept."""
    for number, title in zip(ASKED, ("Welcome", "Good day"), strict=True):
        wordings = (("en", Wording(title=title, consent=CONSENT)),)
        made = definition(here, wordings=wordings)
        point = points.publish(here.club.brand, DOOR, made, {"en": page})
        forms.take(here.store, sent(point, number, nonce=title), here.at)
    here.settle()
    contest = contests.announced(here, COLOUR, takes_yes=True, right=("B",), closes_at=here.at + A_DAY)
    for number, said in zip(ENTRANTS, ("VOTE B YES", "VOTE B", "VOTE A"), strict=True):
        here.text(number, said)
    here.wait(days=2)
    contest_draws.close(here.store, contest, here.at)
    here.wait(days=2)
    seed_at = here.at
    here.wait(minutes=5)
    contest_draws.draw(here.store, running.find(COLOUR), SEED, "", seed_at, here.at)
