"""Pages as a test reads them, and their limits as if nobody had asked yet."""

import html
import re

from yesword.web.limiting import AddressLimit, TokenBuckets


def read(answer, status=200):
    """The page, if it is one of this status."""
    assert answer.status_code == status
    return answer.content.decode()


def words(page):
    """What somebody reads there."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def empty_limits(monkeypatch, *modules):
    """Whatever their views limit: nobody has used any of it. Those limits."""
    found = [each for module in modules for each in vars(module).values()]
    limits = [each for each in found if isinstance(each, TokenBuckets)]
    limits += [part for each in found if isinstance(each, AddressLimit) for part in (each.one, each.network)]
    for each in limits:
        monkeypatch.setattr(each, "_levels", type(each._levels)())
    return limits
