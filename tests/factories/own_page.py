"""A person's own page, as they go through it: ask for a code, enter it, look."""

import re
from datetime import UTC, datetime
from html import unescape

from django.test import Client

from factories.worlds import ANNA
from yesword.consent import Act, invalidate
from yesword.domain.events import Actor
from yesword.sending import privacy_requests
from yesword.store import programs
from yesword.web.public.addresses import make_receipt_link

NAME = "Annabella"
SAID = "my grandmother wears size 37"
PAGES = ["held", "file", "erase", "restrict"]


def browser(**more):
    return Client(SERVER_NAME="localhost", headers={"accept-language": "en"}, **more)


def linked(here, number=ANNA, program=None):
    person, program = here.contact(number), program or here.club
    with here.store.database.write() as session:
        brand = programs.brand(person.brand)
        return make_receipt_link(session, brand, person.id, program.id, datetime.now(UTC)) + "/data"


def said(answer):
    html = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])).split())


def catch_up(here):
    here.now[0] = datetime.now(UTC)
    here.settle()


def ask(here, web, address):
    answer = web.post(f"{address}/send")
    catch_up(here)
    return answer


def code(here, number=ANNA):
    catch_up(here)
    return re.findall(r"^(\d{6}) is your code", "\n".join(here.shown(number)), re.MULTILINE)[-1]


def enter(web, address, typed):
    return web.post(f"{address}/code", {"code": typed})


def prove(here, web, number=ANNA, address=None):
    """The address, once the browser has shown the code."""
    address = address or linked(here, number)
    ask(here, web, address)
    answer = enter(web, address, code(here, number))
    assert answer.status_code == 302, said(answer)
    return address


def change_hands(here):
    at = datetime.now(UTC)
    act = Act(actor=Actor.CARRIER, route="carrier", occurred_at=at, received_at=at, language="en")
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        invalidate(here.store, session, brand, here.contact(), act, at, reason="reassigned")


def requests(here):
    with here.store.database.read() as session:
        return privacy_requests.of_contact(here.store, session, here.contact().id)
