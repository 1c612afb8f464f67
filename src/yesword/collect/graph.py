"""Fetching leads from Meta's Graph API, over HTTPS."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Final

from yesword.collect.lead_ads import FetchError, LeadGoneError
from yesword.collect.sources import BadSourceError

_TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 200_000
_ASKED: Final = "id,form_id,created_time,field_data,custom_disclaimer_responses"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_GONE: Final = frozenset({400, 403, 404})
_EXPIRED: Final = 190  # Meta's code of a token that does not count any more: a new one helps


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        """The token goes to the address that it was given for, and to no other."""
        return


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def check_url(url: str) -> str:
    """Raises BadSourceError unless it is https, or on this machine."""
    found = urllib.parse.urlsplit(url)
    if found.scheme != "https" and not (found.scheme == "http" and found.hostname in _LOOPBACK):
        raise BadSourceError(what="the address of the Graph API does not begin with https://")
    return url.rstrip("/")


class GraphFetcher:
    """The port over HTTP. The token travels in a header, so that it stands in nobody's log of addresses."""

    def __init__(self, timeout_s: float = _TIMEOUT_S) -> None:
        self._timeout_s = timeout_s

    def fetch(self, graph_url: str, lead: str, token: str) -> bytes:
        url = f"{check_url(graph_url)}/{urllib.parse.quote(lead, safe='')}?fields={_ASKED}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - checked above
        try:
            with _OPENER.open(request, timeout=self._timeout_s) as answer:
                body: bytes = answer.read(_MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _GONE and not _is_expired(error.read(_MOST_BYTES)):
                    raise LeadGoneError(why=f"it answers {error.code}") from None
            raise FetchError(why=f"it answers {error.code}") from None
        except (OSError, ValueError) as error:
            raise FetchError(why=type(error).__name__) from None
        if len(body) > _MOST_BYTES:
            raise FetchError(why="the answer is too long")
        return body


def _is_expired(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except ValueError:
        return False
    error = found.get("error") if isinstance(found, dict) else None
    return isinstance(error, dict) and error.get("code") == _EXPIRED
