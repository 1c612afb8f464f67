"""Figures that take a while to count: shown as they were last counted, and counted again beside the page.

Each process keeps its own. A page says when its figures were counted.
"""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from yesword.domain.ids import BrandId
from yesword.reporting import figures
from yesword.reporting.figures import Figures
from yesword.store.opening import Store

log = structlog.get_logger("yesword.web")

_FRESH_S: Final = 3.0
_REST: Final = 10  # times as long as counting took, so that a large brand is not counted all the time
_WAIT_FIRST_S: Final = 2.0
_WAIT_AGAIN_S: Final = 0.25


@dataclass(kw_only=True)
class _Kept:
    figures: Figures | None = None
    fresh_until: float = 0.0
    counting: threading.Thread | None = field(default=None)


_lock = threading.Lock()
_kept: dict[tuple[Path, str | None, BrandId], _Kept] = {}


def figures_of(store: Store, brand: BrandId) -> Figures | None:
    """The figures of a brand, some seconds old at most when it is small; None while they are first counted."""
    with _lock:
        kept = _kept.setdefault((store.folder, store.url, brand), _Kept())
        if kept.figures is not None and monotonic() < kept.fresh_until:
            return kept.figures
        counting = kept.counting
        if counting is None:
            counting = threading.Thread(target=_count, args=(store, brand, kept), daemon=True)
            kept.counting = counting
            counting.start()
    counting.join(_WAIT_FIRST_S if kept.figures is None else _WAIT_AGAIN_S)
    return kept.figures


def forget() -> None:
    """Count anew at the next look."""
    with _lock:
        _kept.clear()


def _count(store: Store, brand: BrandId, kept: _Kept) -> None:
    started = monotonic()
    try:
        kept.figures = figures.count(store, brand, datetime.now(UTC))
    except Exception:
        log.exception("figures_not_counted")
    finally:
        store.database.close()
        took = monotonic() - started
        kept.fresh_until = monotonic() + max(_FRESH_S, took * _REST)
        kept.counting = None
