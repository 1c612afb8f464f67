"""Texts that come into the queue, and how its pages are read."""

import html as markup
import re

from factories.worlds import ANNA
from yesword.domain.ids import InboundId, from_text, to_text
from yesword.sending import triage

BEA, CIS = "+31612345679", "+31612345677"
PROBABLE = "please cancel and stop"
WRONG_NUMBER = "this is not anna, wrong number"
WEAK = "no thanks"
ONLY_CLUB = "only send me the club"
QUESTION = "do you have <b>size 42</b>?"
ACCESS = "what data do you have on me?"


def ask(here, body, number=ANNA, *, joins=True):
    """Somebody texts this; the name of its row."""
    if joins:
        here.join(number)
    here.text(number, body)
    return row_of(here, number)


def row_of(here, number=ANNA):
    rows = here.sql(
        "SELECT id FROM inbound_text WHERE contact_id = %s ORDER BY id DESC", here.contact(number).id
    )
    return to_text("inb", rows[0][0])


def item(here, ref):
    with here.store.database.read() as session:
        return triage.read(here.store, session, InboundId(from_text("inb", ref)))


def body_of(answer):
    html = answer.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def read(client, address="/replies"):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return body_of(answer)


def words(html):
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", html)).split())


def row(html, ref):
    found = re.search(rf'<article [^>]*id="{ref}".*?</article>', html, re.DOTALL)
    assert found, f"{ref} is not on the page"
    return found[0]


def settle(client, ref, verb, **typed):
    return client.post(f"/replies/{ref}/{verb}", typed)


# On a person's page
def person_url(here, number=ANNA):
    return f"/people/{to_text('con', here.contact(number).id)}"


def undo_url(here, client):
    (found,) = re.findall(r'action="(/people/con_\w+/stops/evt_\w+/undo)"', read(client, person_url(here)))
    return found
