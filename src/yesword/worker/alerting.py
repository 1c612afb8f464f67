"""Telling those who run it, in a thread of its own: by letter, by webhook or by both. It stops nothing else.

One process on a machine does it, and of several machines whoever is first. When the disk is full nothing can be written
down any more, so that is told from memory.
"""

import contextlib
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from django.utils import translation

from yesword.domain import standard_webhooks
from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.mail.sending import Letter, Outcome, posting
from yesword.mail.settings import read_settings
from yesword.reporting import alerts
from yesword.reporting.alerts import EVERY, AlertKind, News
from yesword.sending import webhooks
from yesword.sending.webhooks import Post
from yesword.store import alert_settings
from yesword.store.alert_settings import Route
from yesword.store.fullness import is_full
from yesword.store.locality import owner_lock
from yesword.store.opening import Store
from yesword.worker import alert_words

log = structlog.get_logger("yesword.alerting")

ROUND_EVERY_S: Final = 10.0
_RAISED: Final = "alert.raised"
_RESOLVED: Final = "alert.resolved"
_TEST: Final = "alert.test"


class NoRouteError(YeswordError):
    """Alerts lead nowhere. `yesword alerts set --mail you@example.org` says where to."""

    code = "alerts_lead_nowhere"


class NotToldError(YeswordError):
    """The alert did not arrive."""

    code = "alert_not_told"


class LetterRefusedError(NotToldError):
    """The alert did not arrive by letter: the mail server says {said}."""

    code = "alert_letter_refused"


class LetterUnansweredError(NotToldError):
    """The alert did not arrive by letter: the mail server says nothing."""

    code = "alert_letter_unanswered"


class WebhookRefusedError(NotToldError):
    """The alert did not arrive by webhook: it answers {status}."""

    code = "alert_webhook_refused"


class WebhookUnreachedError(NotToldError):
    """The alert did not arrive by webhook: {trouble}."""

    code = "alert_webhook_unreached"


@dataclass(kw_only=True)
class Alerting:
    """A round looks, notes, and tells. `environ` holds the mail server."""

    store: Store
    clock: Callable[[], datetime]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    post: Post = webhooks.post
    _full_told_at: datetime | None = None

    def round(self) -> int:
        """How many things were told."""
        at = self.clock()
        try:
            alerts.update(self.store, at)
            route = alert_settings.read(self.store)
            return sum(self._one(route, news) for news in alerts.due(at, route.unwanted))
        except Exception as error:
            if not is_full(error):
                raise
            self._tell_full(at)
            return 1

    def _one(self, route: Route, news: News) -> bool:
        at = self.clock()
        if not alerts.claim(news, at):
            return False
        if not route.leads_somewhere:
            return False  # it stands in the console, and is told to nobody
        with translation.override(route.language):
            title, text = alert_words.title_of(news), alert_words.text_of(news)
        troubles = list(self._say(route, title, text, _event(news, text, at), at))
        for trouble in troubles:
            log.warning("alert_not_told", code=trouble.code, reason=trouble.message)
        if len(troubles) == bool(route.mail) + bool(route.webhook):
            alerts.give_back(news)
            return False
        return True

    def _say(
        self, route: Route, title: str, text: str, event: Mapping[str, object], at: datetime
    ) -> Iterator[YeswordError]:
        """By every way that there is; what did not work."""
        if route.mail:
            try:
                self._mail(route, title, text, at)
            except YeswordError as error:
                yield error
        if route.webhook:
            try:
                self._call(route, event, at)
            except YeswordError as error:
                yield error

    def _mail(self, route: Route, title: str, text: str, at: datetime) -> None:
        settings = read_settings(self.environ)
        letter = Letter(
            sender=settings.sender,
            sender_name="Yesword",
            to=route.mail,
            subject=f"Yesword: {title}",
            text=f"{text}\n",
            message_id=f"<{secrets.token_hex(16)}@{settings.sender.rpartition('@')[2]}>",
            language=route.language,
        )
        with posting(settings.out) as post:
            told = post.deliver(letter, at)
        if told.outcome not in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            raise LetterRefusedError(said=told.code) if told.code else LetterUnansweredError()

    def _call(self, route: Route, event: Mapping[str, object], at: datetime) -> None:
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        signed = standard_webhooks.headers(route.secret, f"alert_{secrets.token_hex(12)}", at, body)
        headers = {"Content-Type": "application/json", "User-Agent": "Yesword", **signed}
        outcome = self.post(route.webhook, headers, body)
        if not outcome.is_delivered:
            known = outcome.status is not None
            raise (
                WebhookRefusedError(status=outcome.status)
                if known
                else WebhookUnreachedError(trouble=outcome.trouble)
            )

    def try_out(self) -> None:
        """Tell a test by every way. Raises NoRouteError, or the first error there was."""
        route, at = alert_settings.read(self.store), self.clock()
        if not route.leads_somewhere:
            raise NoRouteError
        with translation.override(route.language):
            title, text = alert_words.trial()
        event = {"type": _TEST, "timestamp": iso_millis(at), "data": {"text": text}}
        for trouble in list(self._say(route, title, text, event, at)):
            raise trouble

    def _tell_full(self, at: datetime) -> None:
        if self._full_told_at is not None and at - self._full_told_at < EVERY:
            return
        self._full_told_at = at
        route = alert_settings.read(self.store)
        news = News(kind=AlertKind.DISK_FULL, subjects=(), is_over=False, since=at, rows=())
        with translation.override(route.language):
            title, text = alert_words.title_of(news), alert_words.text_of(news)
        for trouble in self._say(route, title, text, _event(news, text, at), at):
            log.warning("alert_not_told", code=trouble.code, reason=trouble.message)


def _event(news: News, text: str, at: datetime) -> Mapping[str, object]:
    return {
        "type": _RESOLVED if news.is_over else _RAISED,
        "timestamp": iso_millis(at),
        "data": {
            "kind": news.kind.value,
            "subjects": list(news.subjects),
            "since": iso_millis(news.since),
            "text": text,
        },
    }


def run(store: Store, stop: threading.Event, clock: Callable[[], datetime]) -> None:
    """Until told to stop. A round that fails is told in the log, and tried again."""
    alerting = Alerting(store=store, clock=clock)
    try:
        while not stop.wait(ROUND_EVERY_S):
            try:
                with contextlib.ExitStack() as stack:
                    stack.enter_context(owner_lock(store.run, "alerting"))
                    alerting.round()
            except BlockingIOError:
                continue  # another process of this machine does it
            except Exception as error:
                log.exception("alerting_failed", code=getattr(error, "code", type(error).__name__))
                store.database.close()
    finally:
        store.database.close()
        store.vault.close()
