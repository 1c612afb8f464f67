"""Those who use the console, as others see them."""

from yesword.store import models


def called(user: int | None) -> str:
    """The name that colleagues know; of an account that is gone, that somebody did it."""
    found = None if user is None else models.User.objects.filter(pk=user).first()
    return "Somebody" if found is None else str(found)
