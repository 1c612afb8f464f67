"""Pop-ups for tests: made of a world's form, and pages of another site that look at them."""

from typing import Any

from factories.points import published
from factories.worlds import World
from yesword.collect import points, popups
from yesword.collect.points import Point
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.popups import PopupOptions

SHOP = "https://shop.example"


def popup(here: World, *, confirming: Confirming = Confirming.REVERSE, **options: Any) -> Point:
    form = published(here, confirming=confirming)
    made = popups.definition_of(form, PopupOptions(form=form.key, **{"origins": (SHOP,), **options}))
    return points.publish(form.brand, popups.key_for(form.key), made)
