"""Answers to carriers' audits as sealed files: each under a key of its own in the vault, and gone with that key.

They hold numbers in the clear, because that is what was asked for. So closing an audit, and erasing anybody in its answer,
destroys the key: a copy of the file is then worth nothing. What an answer says is `reporting.audit_answers`'.
"""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from yesword.domain.ids import BrandId, ContactId, random_bucket, to_text
from yesword.domain.times import to_micros
from yesword.store.models import CarrierAudit
from yesword.store.opening import Store
from yesword.store.sealing import place

FOLDER: Final = "audits"

_ANSWER: Final = "audit_answer"
_LONG_AGO: Final = timedelta(days=1)


def new_key(store: Store, brand: BrandId) -> int:
    """A durable key for an answer that is about to be kept; its id names the file."""
    digest = store.look_up.digests(brand, _ANSWER, secrets.token_hex(16))
    ((key, _),) = store.vault.prepare(
        brand, _ANSWER, store.look_up.newest, [digest], lambda: store.ids.make(random_bucket())
    )
    return int(key)


def keep(store: Store, key: int, data: bytes) -> None:
    """Whole or not at all, and for the server's own eyes."""
    seal = store.vault.seal(ContactId(key))
    assert seal is not None, "it was made for this"
    path = _path(store, key)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal.close(data, place(_ANSWER, key)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def is_kept(store: Store, key: int) -> bool:
    return _path(store, key).exists()


def read(store: Store, key: int) -> bytes | None:
    """None where it is not kept, or nobody here can open it."""
    seal = store.vault.seal(ContactId(key))
    if seal is None or not is_kept(store, key):
        return None
    return seal.open(_path(store, key).read_bytes(), place(_ANSWER, key))


def destroy(store: Store, key: int, at: datetime) -> None:
    store.vault.forget(ContactId(key))
    store.vault.destroy(ContactId(key), to_micros(at))
    _path(store, key).unlink(missing_ok=True)


def forget(store: Store, audit: CarrierAudit, at: datetime) -> None:
    """Destroy the answer. That there was one, and what it added up to, stays."""
    key = audit.vault_key
    if key is not None:
        destroy(store, key, at)
    with store.database.write():
        audit.vault_key, audit.touched_at = None, at - _LONG_AGO  # and nobody is making another
        audit.save(update_fields=["vault_key", "touched_at"])


def forget_about(store: Store, contact: ContactId, at: datetime) -> int:
    """Destroy every answer that speaks of somebody who is being erased. How many there were."""
    name = to_text("con", contact)
    found = [each for each in CarrierAudit.objects.exclude(vault_key=None) if name in each.contacts]
    for each in found:
        forget(store, each, at)
    return len(found)


def _path(store: Store, key: int) -> Path:
    return store.folder / FOLDER / f"{to_text('aud', key)}.sealed"
