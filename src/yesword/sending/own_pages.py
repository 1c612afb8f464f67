"""A brand's own page in place of ours: where its links lead, the token that they bring along, and what the page tells us.

The key is a file, one a brand, and is shown when it is made. With it the brand can check that a token is ours; what ends
texts is the token alone, as the link does.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from yesword.domain import leave_tokens
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.leave_tokens import BadTokenError, LeaveToken
from yesword.sending.leaving import Holder, holder_of
from yesword.store import leave_links, models
from yesword.store.keyfiles import KeyMissingError, keys_folder, named_key
from yesword.store.opening import Store

PARAMETER: Final = "t"
_LOCAL: Final = frozenset({"localhost", "127.0.0.1"})
_LONGEST: Final = 300


class BadLeavePageError(YeswordError):
    """{url} cannot be a page to leave by. Give a whole address that begins with https:// and has no # in it."""

    code = "bad_leave_page"


class NoLeaveKeyError(YeswordError):
    """{brand} has no key for pages of its own yet. Set a page first: `yesword leave own-page`."""

    code = "no_leave_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPage:
    url: str
    program: str | None  # its key; None: for all programs of the brand that have none of their own


def set_page(store: Store, brand: models.Brand, program: models.Program | None, url: str) -> bytes | None:
    """From now on links lead there. The brand's key where it was made just now. Raises `BadLeavePageError`."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not (is_safe and parts.hostname) or parts.fragment or len(url) > _LONGEST or not url.isprintable():
        raise BadLeavePageError(url=url)
    is_new = not _key_file(store, brand.key).exists()
    key = named_key(store.folder, _key_name(brand.key), may_create=True)
    models.LeavePage.objects.update_or_create(brand=brand, program=program, defaults={"url": url})
    return key if is_new else None


def unset_page(brand: models.Brand, program: models.Program | None) -> bool:
    """Links lead to our page again. False: they did."""
    gone, _ = models.LeavePage.objects.filter(brand=brand, program=program).delete()
    return bool(gone)


def new_key(store: Store, brand: models.Brand) -> bytes:
    """Another key; tokens of the old one are worth nothing from now on. Raises `NoLeaveKeyError`."""
    path = _key_file(store, brand.key)
    if not path.exists():
        raise NoLeaveKeyError(brand=brand.key)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    key = secrets.token_bytes(32)
    draft.write_bytes(key)
    draft.replace(path)
    return key


def of_brand(brand: models.Brand) -> Sequence[OwnPage]:
    rows = models.LeavePage.objects.filter(brand=brand).select_related("program").order_by("program_id")
    return [OwnPage(url=row.url, program=row.program.key if row.program else None) for row in rows]


def address(store: Store, who: Holder, language: str, at: datetime) -> str | None:
    """Where this link leads, with a token for today. None: to our page."""
    url = _url_for(who.contact.brand, who.program.id)
    if url is None:
        return None
    brand = models.Brand.objects.get(pk=who.contact.brand)
    token = LeaveToken(
        brand=brand.key,
        program=who.program.key,
        link=who.link.digest,
        language=language,
        expires_at=at + leave_tokens.LASTS,
    )
    parts = urlsplit(url)
    written = leave_tokens.write(token, _key(store, brand.key))
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), (PARAMETER, written)])
    return urlunsplit(parts._replace(query=query))


def believed(store: Store, written: str, at: datetime) -> tuple[Holder, str]:
    """Whom a token is about, and in which language they read. Raises `BadTokenError`."""
    try:
        key = _key(store, leave_tokens.brand_of(written))
    except NoLeaveKeyError as error:
        raise BadTokenError from error
    token = leave_tokens.read(written, key, at)
    with store.database.read() as session:
        link = leave_links.by_digest(session, token.link)
        found = None if link is None else holder_of(store, session, link)
    if found is None:
        raise BadTokenError
    return found, token.language


def _url_for(brand: BrandId, program: ProgramId) -> str | None:
    rows = models.LeavePage.objects.filter(brand_id=brand)
    found: dict[int | None, str] = {row.program_id: row.url for row in rows}
    return found.get(program) or found.get(None)


def _key(store: Store, brand: str) -> bytes:
    if not models.Brand.objects.filter(key=brand).exists():
        raise NoLeaveKeyError(brand=brand)
    try:
        return named_key(store.folder, _key_name(brand), may_create=False)
    except KeyMissingError as error:
        raise NoLeaveKeyError(brand=brand) from error


def _key_name(brand: str) -> str:
    return f"leave-{brand}.key"


def _key_file(store: Store, brand: str) -> Path:
    return keys_folder(store.folder) / _key_name(brand)
