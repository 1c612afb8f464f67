"""Which pages are open. Every page asks for a sign-in unless its view is marked here."""

from collections.abc import Callable
from typing import ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

Asked = ParamSpec("Asked")


def open_to_all(view: Callable[Asked, HttpResponse]) -> Callable[Asked, HttpResponse]:
    """Mark a view as open to people who have not signed in."""
    marked: Callable[Asked, HttpResponse] = login_not_required(view)
    return marked
