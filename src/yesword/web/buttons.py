"""Whoever opens the address of a button, from the history or a link, is led to the page on which the button stands.

Programs, which do not ask for a page, are told as HTTP has it that this takes a POST.
"""

from collections.abc import Callable, Iterator
from typing import Final

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

_NOT_ALLOWED: Final = 405
_LOOKING: Final = frozenset({"GET", "HEAD"})


class ToTheButton:
    """The page of a button stands above it in the address: `/audits/3/close` is on `/audits/3`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._get_response(request)
        is_looking = request.method in _LOOKING and "text/html" in request.headers.get("accept", "")
        if answer.status_code != _NOT_ALLOWED or not is_looking:
            return answer
        return _led(request)


def _led(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    if match is not None and "console" in match.namespaces:
        _say_once(request, _("Nothing was done: that takes the button on this page."))
    return HttpResponseRedirect(next(_above(request.path), "/"))


def _say_once(request: HttpRequest, words: str) -> None:
    """However many addresses of buttons lie on the way."""
    waiting = messages.get_messages(request)
    assert isinstance(waiting, BaseStorage), "the console has messages"
    if words not in [str(each) for each in waiting]:
        messages.info(request, words)
    waiting.used = False  # looking at them was not showing them


def _above(path: str) -> Iterator[str]:
    """The pages above an address, the nearest first. One that takes a button itself leads further up."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = "/" + "/".join(parts[:length])
        try:
            resolve(above)
        except Resolver404:
            continue
        yield above
