"""A brand's logs for everybody: checkpoints and tiles as c2sp.org/tlog-tiles has them, and a page that says what they are.

Hashes say nothing about anyone, so they are open. Entries are for auditors only, who hold a key that the brand gave
them. What is not yet published is not here, whatever the store already holds.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yesword.domain.ids import BrandId
from yesword.ledger.bundles import write_bundle
from yesword.ledger.leaf import HASH_BYTES
from yesword.ledger.policy import write_policy
from yesword.ledger.sceptic import verifier_source, verify_page
from yesword.ledger.tiles import TILE_WIDTH, BadTilePathError, TilePath, read_tile_path, tile_width
from yesword.proof.policies import policy_of
from yesword.proof.proofs import published_note
from yesword.store import ledgers, links, models
from yesword.store.database import Session
from yesword.store.ledgers import LogRow
from yesword.store.links import LinkKind
from yesword.web.access import open_to_all
from yesword.web.brands import zone_of
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, limited
from yesword.web.public.addresses import log_path, origin

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
FOREVER: Final = "public, max-age=31536000, immutable"  # a hash that was published never changes
ASK_AGAIN: Final = "public, no-cache"
FOR_ONE: Final = "private, no-store"

# A monitor that follows a log asks for a checkpoint and a few tiles at a time; one that begins asks for all of it.
_READS: Final = AddressLimit(per_second=50, burst=1000)
# What an open page may load everywhere: there is nothing in it that somebody's browser alone could get.
_OPEN: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLog:
    """One generation, as the page tells about it."""

    origin: str
    prefix: str
    size: int
    at: datetime | None  # of its newest published checkpoint
    keys: tuple[str, ...]


@open_to_all
@require_safe
@limited(_READS)
def checkpoint(request: HttpRequest, key: str, generation: int) -> HttpResponse:
    """The newest published head, with the lines of its witnesses."""
    here = store()
    with here.database.read() as session:
        note = published_note(here, session, _log(session, key, generation))
    if note is None:
        raise Http404
    return _file(request, note.encode(), TEXT, ASK_AGAIN)


@open_to_all
@require_safe
@limited(_READS)
def tile(request: HttpRequest, key: str, generation: int, name: str) -> HttpResponse:
    """A tile of hashes, whole or its beginning; or a bundle of entries, for whoever has a key to them."""
    try:
        path = read_tile_path(f"tile/{name}")
    except BadTilePathError as error:
        raise Http404 from error
    with store().database.read() as session:
        log = _log(session, key, generation)
        if tile_width(path.level or 0, path.index, log.published_size) < path.width:
            raise Http404
        if path.level is None:
            return _entries(request, session, log, path)
        hashes = ledgers.tile_reader(session, log.id)(path.level, path.index)
    wanted = path.width * HASH_BYTES
    if len(hashes) < wanted:
        return _damaged()
    return _file(request, hashes[:wanted], BYTES, FOREVER)


def _entries(request: HttpRequest, session: Session, log: LogRow, path: TilePath) -> HttpResponse:
    if not _is_auditor(request, session, log.brand):
        said = (
            "Entries are for auditors. Ask the brand for a key, and send it as Authorization: Bearer KEY.\n"
        )
        return HttpResponse(
            said, status=401, content_type=TEXT, headers={"WWW-Authenticate": 'Bearer realm="entries"'}
        )
    start = path.index * TILE_WIDTH
    entries = [each for each in ledgers.entry_bodies(session, log.id, start, start + path.width) if each]
    if len(entries) < path.width:
        return _damaged()
    return _file(request, write_bundle(entries), BYTES, FOR_ONE, is_open=False)


def _is_auditor(request: HttpRequest, session: Session, brand: BrandId) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    word = token.strip() if scheme.casefold() == "bearer" else request.GET.get("key", "")
    link = links.find(session, word, LinkKind.AUDITOR, datetime.now(UTC))
    if link is None or link.brand != brand:
        return False
    with store().database.write() as writing:
        links.count_opening(writing, link)
    return True


@open_to_all
@require_safe
@limited(_READS)
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """The brand's keys and witnesses, as a tlog-policy."""
    brand = _brand(key)
    with store().database.read() as session:
        said = policy_of(
            session, BrandId(brand.pk), lambda log: origin(request) + log_path(key, log.generation)
        )
    if not said.logs:
        raise Http404
    return _file(request, write_policy(said).encode(), TEXT, ASK_AGAIN)


@open_to_all
@require_safe
@limited(_READS)
def verifier(request: HttpRequest, key: str) -> HttpResponse:
    """The verifier in one file of Python, to be read before it is run."""
    _brand(key)
    answer = _file(request, verifier_source().encode(), "text/x-python; charset=utf-8", ASK_AGAIN)
    return _to_keep(answer, "verify_yesword.py")


@open_to_all
@require_safe
@limited(_READS)
def verifier_page(request: HttpRequest, key: str) -> HttpResponse:
    """The verifier in one page, which works from a file and offline."""
    _brand(key)
    page = verify_page(None, None, (get_language() or "en")[:2])
    return _to_keep(_file(request, page.encode(), "text/html; charset=utf-8", FOR_ONE), "verify.html")


@open_to_all
@require_safe
@limited(_READS)
def page(request: HttpRequest, key: str) -> HttpResponse:
    """What this log is, and how to check it."""
    brand = _brand(key)
    here = store()
    with here.database.read() as session:
        logs = [
            _shown(session, origin(request) + log_path(key, log.generation), log)
            for log in reversed(ledgers.logs(session, BrandId(brand.pk)))
        ]
        witnesses = policy_of(session, BrandId(brand.pk)).witnesses
    return render(
        request,
        "public/ledger.html",
        {
            "brand": brand.name,
            "key": key,
            "logs": logs,
            "witnesses": witnesses,
            "zone": zone_of(brand.country),
        },
    )


def _shown(session: Session, prefix: str, log: LogRow) -> ShownLog:
    newest = ledgers.checkpoint(session, log.id, log.published_size)
    return ShownLog(
        origin=log.origin,
        prefix=prefix,
        size=log.published_size,
        at=newest.signed_at if newest else None,
        keys=tuple(row[1] for row in reversed(session.rows("ledger_keys", log_id=log.id))),
    )


def _brand(key: str) -> models.Brand:
    found = models.Brand.objects.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _log(session: Session, key: str, generation: int) -> LogRow:
    known = ledgers.logs(session, BrandId(_brand(key).pk))
    found = next((each for each in known if each.generation == generation), None)
    if found is None:
        raise Http404
    return found


def _file(request: HttpRequest, body: bytes, kind: str, keep: str, *, is_open: bool = True) -> HttpResponse:
    """The bytes, or 304 for whoever has them."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": keep, "ETag": etag, **(_OPEN if is_open else {})}
    answer = HttpResponse(body, content_type=kind, headers=headers)
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _to_keep(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _damaged() -> HttpResponse:
    said = "A part of the stored log is missing. Nothing is published in its place.\n"
    return HttpResponse(said, status=500, content_type=TEXT)
