"""Who leaves what: more programs of the demo brand, and what is then left."""

from factories.worlds import ANNA, CLUB, World, publish
from yesword.domain.programs import OptIn, Program
from yesword.sending import triage
from yesword.store import models

BRAND = "Linde & Loom"
NEW_YORKER = "+12125550123"
CANADIAN = "+14165550123"
STOPPED, STOPPED_ONE = f"{BRAND}: no more messages.", f"{BRAND}: no more of these."


def brand_row() -> models.Brand:
    return models.Brand.objects.get(key="demo")


def one_more(here: World, key: str, address: str = CLUB, **changes: object) -> Program:
    sender = models.Sender.objects.get(account=here.account, address=address)
    usual = {"key": key, "name": key.title(), "keywords": (key.upper(),), "opt_in": OptIn.SINGLE}
    return publish(brand_row(), sender, **(usual | changes))


def waiting(here: World) -> list[triage.Item]:
    with here.store.database.read() as session:
        return triage.queue(here.store, session, here.club.brand)


def is_in(here: World, program: Program, number: str = ANNA) -> bool:
    return here.state(number).grant_for(program.id) is not None
