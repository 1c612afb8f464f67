"""Somebody at the console: signed in, reading pages in words, on the clock of the world that they look at."""

import html as markup
import re
from datetime import datetime

from django.core.cache import cache
from django.test import Client

from yesword.store.models import AuditEntry, User
from yesword.web import counted


def fresh():
    """Nothing is left of what an earlier world was counted to."""
    cache.clear()
    counted.forget()


def on_the_clock_of(world, monkeypatch, *modules):
    """These modules take the world's time for now."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return world.at.astimezone(tz)

    for module in modules:
        monkeypatch.setattr(module, "datetime", Clock)


def signed_in(role=User.Role.OWNER, name=None, **more):
    """A browser, with this of Django's test client, of somebody who is called as their role if not otherwise."""
    user = User.objects.create_user(name or role, "a sentence that only they say", role=role)
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"}, **more)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(answer):
    """What stands on a page, as it is read."""
    html = answer.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def trail(action):
    return list(AuditEntry.objects.filter(action=action).values_list("subject", "user__name"))
