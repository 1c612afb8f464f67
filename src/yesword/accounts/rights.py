"""What somebody may do beyond their role: given by name, and taken back."""

import enum
from typing import Final

from django.db import transaction

from yesword.domain.errors import YeswordError
from yesword.store.models import AuditEntry, User


class Right(enum.StrEnum):
    CORRECT = "correct"  # undo a stop that had been misread
    NUMBERS = "numbers"  # take out lists with numbers in the clear


_ALLOWED_BY: Final = {
    Right.CORRECT: "triage",
    Right.NUMBERS: "privacy",
}  # the group of commands that gives it


class NoSuchUserError(YeswordError):
    """There is no account called {name} here. Known accounts: {known}."""

    code = "no_such_user"


class NoAccountsError(YeswordError):
    """Nobody has an account here yet. `yesword serve` and `yesword web` print the link by which the owner makes the first one."""

    code = "no_accounts"


class RightMissingError(YeswordError):
    """{name} may not do this. An owner can allow it: `yesword {group} allow {name}`."""

    code = "right_missing"


class OnlyLooksError(YeswordError):
    """{name} may look and change nothing. Take the account of an owner or a manager."""

    code = "only_looks"


def has(user: User, right: Right) -> bool:
    """An owner has every right; others have those that they were given, as long as their account is active."""
    return user.is_active and (user.role == User.Role.OWNER or right.value in user.rights)


def give(name: str, right: Right) -> User:
    return _change(name, right, is_given=True)


def take_back(name: str, right: Right) -> User:
    return _change(name, right, is_given=False)


def acting(name: str, right: Right | None = None) -> User:
    """Somebody who may act, and has this right if one is asked for. Raises an error that says what is missing."""
    user = named(name)
    if not user.is_active or user.role == User.Role.VIEWER:
        raise OnlyLooksError(name=name)
    if right is not None and not has(user, right):
        raise RightMissingError(name=name, group=_ALLOWED_BY[right])
    return user


def named(name: str) -> User:
    found = User.objects.filter(name=name).first()
    if found is None:
        known = list(User.objects.order_by("name").values_list("name", flat=True))
        if not known:
            raise NoAccountsError
        raise NoSuchUserError(name=name, known=", ".join(known))
    return found


def _change(name: str, right: Right, *, is_given: bool) -> User:
    with transaction.atomic():
        user = named(name)
        held = {*user.rights, right.value} if is_given else {*user.rights} - {right.value}
        if held != set(user.rights):
            user.rights = sorted(held)
            user.save(update_fields=["rights"])
            action = "right.given" if is_given else "right.taken_back"
            AuditEntry.objects.create(action=action, subject=f"user {user.pk}", detail={"right": right.value})
    return user
