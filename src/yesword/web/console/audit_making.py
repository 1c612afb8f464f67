"""Making an answer in a thread of its own. How far it is stands in the audit's row, so that any process can tell."""

import threading
from datetime import UTC, datetime
from typing import Final

import structlog

from yesword.reporting.audit_answers import Asked, keeping
from yesword.store.models import CarrierAudit
from yesword.store.opening import Store

log = structlog.get_logger("yesword.audits")

_making: Final[dict[int, threading.Thread]] = {}


def begin(store: Store, audit: CarrierAudit, asked: Asked) -> None:
    thread = threading.Thread(target=_make, args=(store, audit, asked), name=f"audit-{audit.pk}", daemon=True)
    _making[audit.pk] = thread
    thread.start()


def _make(store: Store, audit: CarrierAudit, asked: Asked) -> None:
    try:
        keeping.make_answer(store, audit, asked, datetime.now(UTC))
    except Exception:
        log.exception("audit_answer_failed", audit=audit.pk)
        keeping.give_up(store, audit)
    finally:
        _making.pop(audit.pk, None)
        store.database.close()
        store.vault.close()


def wait_for(audit: int, seconds: float) -> None:
    """Until the answer is made, or this long: most are there before somebody would have looked."""
    thread = _making.get(audit)
    if thread is not None:
        thread.join(seconds)
