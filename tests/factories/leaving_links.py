"""Texts that carry a link to leave by, as a phone gets them, and a browser that opens it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from django.test import Client

from factories.worlds import ANNA

TEMPLATE = "[Brand]: 20% off. [Unsubscribe]"
LINK = re.compile(r"https?://\S+/u/([0-9A-Za-z]{11})\b")


def noon(step):
    """The nearest noon of a working day before (-1) or after (1) this moment: pages have the real clock, texts their hours."""
    now = datetime.now(UTC)
    found = now.replace(hour=12, minute=0, second=0, microsecond=0)
    while (found - now) * step <= timedelta(hours=1) or found.weekday() > 4:
        found += timedelta(days=step)
    return found


def later(here):
    """Let a lawful hour come, and all that is due then go."""
    here.now[0] = noon(1)
    here.settle()


def texted(here, number=ANNA, program=None, template=TEMPLATE, **more):
    """The path of the link in the text that a campaign brings this person."""
    before = len(here.shown(number))
    here.campaign(template, program=program, **more)
    here.settle()
    new = here.shown(number)[before:]
    assert new, "no text came"
    return path_in(new[-1])


def path_in(text):
    found = LINK.search(text)
    assert found, text
    return f"/u/{found[1]}"


def said(answer):
    """The words of the page, without its marks."""
    html = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])).split())


def said_token(answer):
    return re.search(r'name="said" value="([^"]+)"', answer.content.decode())[1]


def Visitor(**more):  # noqa: N802 - it makes one
    """A browser that takes forms only with their token, as real servers do."""
    return Client(
        enforce_csrf_checks=True, SERVER_NAME="localhost", headers={"accept-language": "en"}, **more
    )
