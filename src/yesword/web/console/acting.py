"""Who may do more than look, and the trace that it leaves."""

import functools
from collections.abc import Callable
from typing import Final, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from yesword.accounts import rights
from yesword.accounts.rights import Right
from yesword.store.models import AuditEntry, User

Given = ParamSpec("Given")

_ROLES: Final = frozenset({User.Role.OWNER, User.Role.MANAGER})


def may_act(request: HttpRequest) -> bool:
    """Whether whoever is signed in may change things; viewers only look."""
    return isinstance(request.user, User) and request.user.role in _ROLES


def may_use(request: HttpRequest, right: Right) -> bool:
    """Whether whoever is signed in may act, and has this right besides."""
    return isinstance(request.user, User) and may_act(request) and rights.has(request.user, right)


def actor(request: HttpRequest) -> User:
    """Who does it. Raises PermissionDenied for somebody who may only look."""
    if not isinstance(request.user, User) or not may_act(request):
        raise PermissionDenied
    return request.user


def for_actors(view: Callable[Given, HttpResponse]) -> Callable[Given, HttpResponse]:
    """Mark a page as one that viewers do not get at all."""

    @functools.wraps(view)
    def guarded(*args: Given.args, **more: Given.kwargs) -> HttpResponse:
        request = args[0]
        assert isinstance(request, HttpRequest)
        actor(request)
        return view(*args, **more)

    return guarded


def leave_trace(request: HttpRequest, action: str, subject: str, **detail: str | int) -> None:
    """An audit row. Called in the transaction of what it tells of, so that neither is there without the other."""
    AuditEntry.objects.create(user=actor(request), action=action, subject=subject, detail=detail)
