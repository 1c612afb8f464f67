"""A day on which everything happens once, and a cut of power, for claims that must hold whatever happened."""

from datetime import UTC, datetime

from factories.worlds import World
from yesword.domain.events import Actor, Grade

PEOPLE = [f"+3161111{number:04d}" for number in range(20)]
SECRET = "my grandmother wears size 37"


def busy(here: World) -> None:
    """A day on which everything happens once: joining, declining, lapsing, stopping, starting, campaigns, carrier blocks."""
    for each in PEOPLE[:6]:
        here.text(each, "SAVEMORE")
    for each in PEOPLE[:4]:
        here.text(each, "yes")
    here.text(PEOPLE[4], "no")
    here.text(PEOPLE[6], "EVENTS", to="555888")
    here.text(PEOPLE[7], "HELP")
    here.text(PEOPLE[8], SECRET)
    here.text(PEOPLE[0], "STOP")
    here.text(PEOPLE[1], "please take me off your list")
    here.text(PEOPLE[1], "START")
    here.grant(here.strangers(PEOPLE[9:12]), here.club, Actor.IMPORT, Grade.D)
    here.members(2, numbers=["+13052345678", "+18502345678"])
    here.campaign("[Brand]: hi [First name|there], 20% off.")
    here.settle()
    here.carrier.configure(errors={"opted_out": 1.0})
    here.plan(here.contact(PEOPLE[2]).id)
    here.settle()
    here.carrier.configure(errors={}, reports=1.0)
    here.now[0] = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    here.campaign("[Brand]: good night.")
    here.settle()
    here.wait(hours=30)
    here.text(PEOPLE[5], "yes")
    here.text(PEOPLE[3], "STOP")
    here.settle()


class PowerCutError(Exception):
    """Nothing after this line happened."""


class KilledError(BaseException):
    """The process is gone: nobody catches anything any more."""


def cut(*_: object, **__: object) -> None:
    raise PowerCutError


def killed(*_: object, **__: object) -> None:
    raise KilledError
