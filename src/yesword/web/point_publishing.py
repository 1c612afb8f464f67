"""Publishing a collection point: its version, its page in each language as it will be seen, and pictures of that page."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import structlog

from yesword.collect import points
from yesword.collect.points import Point
from yesword.domain.collecting.points import PointDefinition, PointKind, check
from yesword.domain.collecting.wordings import worded
from yesword.domain.ids import BrandId
from yesword.proof import renders
from yesword.proof.renders import WINDOWS, NoChromiumError, RenderError
from yesword.store import programs, shown_pages
from yesword.store.opening import Store
from yesword.web.public import popup_pages
from yesword.web.public.form_pages import kept_page, spoken

_PAGES: Final = {
    PointKind.FORM: kept_page,
    PointKind.EMAIL: kept_page,
    PointKind.APPLICATION: kept_page,
    PointKind.POPUP: popup_pages.kept_page,
}
log = structlog.get_logger("yesword.points")


def publish(
    store: Store,
    brand: BrandId,
    key: str,
    definition: PointDefinition,
    at: datetime,
    *,
    by: int | None = None,
) -> Point:
    """Make the version, with its pages kept under their digests. Raises BadPointError, KeyTakenError."""
    program = programs.version(definition.program, definition.program_version)
    check(definition, program)
    definition = worded(definition, program)
    pages = _keep_pages(store, brand, definition, at)
    return points.publish(brand, key, definition, pages, by=by)


def take_pictures(store: Store, point: Point, at: datetime) -> int:
    """Make the pictures that are missing, on a telephone and on a desk; how many were made. Takes seconds.

    Raises NoChromiumError, RenderError.
    """
    made = 0
    for page in dict(point.pages).values():
        with store.database.read() as session:
            kept = shown_pages.read(session, page)
            known = {each.width for each in shown_pages.pictures(session, page)}
        if kept is None or known >= WINDOWS.keys():
            continue
        drawn = renders.render(kept.body.decode())
        with store.database.write() as session:
            for width, png in drawn.items():
                shown_pages.add_picture(session, point.brand, page, width, png, at)
        made += len(drawn)
    return made


def begin_pictures(store: Store, point: Point) -> None:
    """Make them in a thread of its own: nobody waits for them, and without them the pages themselves are kept."""
    threading.Thread(target=_pictures, args=(store, point), name=f"pictures-{point.key}", daemon=True).start()


def _pictures(store: Store, point: Point) -> None:
    try:
        take_pictures(store, point, datetime.now(UTC))
    except (NoChromiumError, RenderError) as error:
        log.warning("no_pictures", point=point.key, version=point.version, reason=error.code)
    except Exception:
        log.exception("pictures_failed", point=point.key)
    finally:
        store.database.close()
        store.vault.close()


def _keep_pages(store: Store, brand: BrandId, definition: PointDefinition, at: datetime) -> Mapping[str, str]:
    draw = _PAGES.get(definition.kind)
    if draw is None:
        return {}
    program = programs.version(definition.program, definition.program_version)
    drawn = {each: draw(definition, program, each) for each in spoken(definition, program)}
    with store.database.write() as session:
        return {
            language: shown_pages.publish_page(session, brand, html, at) for language, html in drawn.items()
        }
