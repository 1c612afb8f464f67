"""The one-time link with which the owner of a new installation makes their account.

The link is shown once, where the server was started. What is kept is its digest, in the keys folder: whoever can read
that folder may do worse, and whoever reads the digest cannot make the link.
"""

import hashlib
import hmac
import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from yesword.domain.errors import YeswordError
from yesword.store.keyfiles import keys_folder
from yesword.store.models import User

LINK_LIFE: Final = timedelta(hours=24)
_TOKEN_BYTES: Final = 16
_FILE: Final = "owner-link"


class OwnerLinkError(YeswordError):
    """The link to make the owner's account was used already, is older than a day, or was replaced by a newer one. Start the server again to get a new one."""

    code = "owner_link"


class OwnerExistsError(YeswordError):
    """An owner exists already. Sign in instead."""

    code = "owner_exists"


def make_owner_link(data_folder: Path, *, at: datetime | None = None) -> str:
    """A new token for `/welcome/<token>`, good once and for a day. An earlier one stops working."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    ends_at = (at or datetime.now(UTC)) + LINK_LIFE
    path = _path(data_folder)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"digest": _digest(token), "ends_at": ends_at.isoformat()}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return token


def is_owner_link(data_folder: Path, token: str, *, at: datetime | None = None) -> bool:
    """Whether the token is the newest link's, unused and not too old."""
    try:
        kept = json.loads(_path(data_folder).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    is_same = hmac.compare_digest(kept["digest"], _digest(token))
    return is_same and (at or datetime.now(UTC)) < datetime.fromisoformat(kept["ends_at"])


def owner_exists() -> bool:
    return User.objects.filter(role=User.Role.OWNER).exists()


def create_owner(
    data_folder: Path,
    token: str,
    *,
    name: str,
    password: str,
    display_name: str = "",
    at: datetime | None = None,
) -> AbstractBaseUser:
    """Make the owner's account and use the link up.

    Raises `OwnerExistsError` or `OwnerLinkError`; then nothing has changed.
    """
    if owner_exists():
        raise OwnerExistsError
    if not is_owner_link(data_folder, token, at=at):
        raise OwnerLinkError
    with transaction.atomic():
        owner = User.objects.create_user(
            name, password, display_name=display_name or name, role=User.Role.OWNER
        )
        # Last, and by the one act that only one of two can win: whoever comes second is rolled back.
        try:
            _path(data_folder).unlink()
        except FileNotFoundError:
            raise OwnerLinkError from None
    return owner


def _path(data_folder: Path) -> Path:
    return keys_folder(data_folder) / _FILE


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
