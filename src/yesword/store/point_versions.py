"""Versions of collection points as they are kept: each with a row of the trail, who published what and when.

The log names that row within minutes (see `proof.trail`). So a version is held to what it was when it was published before
anybody has said yes to it, and no event could name it yet.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from yesword.domain.times import iso_millis
from yesword.ledger.entry import JsonObject
from yesword.store.models import AuditEntry, CollectionPoint, PointVersion

PUBLISHED: Final = "point.publish"
"""The action of that row."""


def add(
    point: CollectionPoint, definition: bytes, digest: str, pages: Mapping[str, str], by: int | None
) -> PointVersion:
    """The next version, which is the newest from now on, with the point as the caller has changed it. `by`: a user; None:
    somebody at the command line, or a program.
    """
    with transaction.atomic():
        made = PointVersion.objects.create(
            point=point, version=point.version + 1, definition=definition, digest=digest, pages=dict(pages)
        )
        point.version = made.version
        point.save(update_fields=["version", "name", "program", "kind"])
        AuditEntry.objects.create(
            user_id=by,
            action=PUBLISHED,
            subject=f"point {point.pk}",
            detail=says_published(point.key, made.version, digest, pages, made.published_at),
        )
    return made


def says_published(
    key: str, version: int, digest: str, pages: Mapping[str, str], at: datetime | None
) -> JsonObject:
    """What the row of the trail says of it. `at`: None where that cannot be read, as an audit may find it."""
    return {
        "point": key,
        "version": version,
        "sha256": digest,
        "pages": dict(pages),
        "published_at": "" if at is None else iso_millis(at),
    }
