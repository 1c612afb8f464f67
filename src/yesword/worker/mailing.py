"""E-mail in threads of its own: invitations that are due go out, and what came in is acted on: fetched from a mail box, or
handed on by a mail server of this machine.

It runs only where the environment names a mail server. What a server does not take now is tried again later; nothing of
it stops anything else.
"""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from yesword.collect.letters import Sender
from yesword.collect.mail_answers import Answers, is_understood, take
from yesword.collect.posting import AlreadyPostingError, mailer
from yesword.domain.errors import YeswordError
from yesword.mail import lmtp
from yesword.mail.mailbox import NoMailboxError, poll
from yesword.mail.sending import NoServerError, posting
from yesword.mail.servers import Door, Server
from yesword.mail.settings import MailSettings, is_set, read_settings
from yesword.store.configuration import public_origin
from yesword.store.opening import Store

log = structlog.get_logger("yesword.mailing")

_ROUND_EVERY_S: Final = 5.0
_BOX_EVERY_ROUNDS: Final = 6


def run(store: Store, has_ended: threading.Event, clock: Callable[[], datetime]) -> None:
    """Until told to stop. Settings that are wrong are told once, and nothing is sent."""
    if not is_set(os.environ):
        return
    try:
        settings = read_settings(os.environ)
    except YeswordError as error:
        log.error("no_mail", code=error.code, reason=error.message)  # noqa: TRY400 - the sentence says it all
        return
    rounds = 0
    door = _open_door(store, settings, has_ended, clock)
    try:
        while not has_ended.wait(_ROUND_EVERY_S):
            try:
                send(store, settings, clock, has_ended.is_set)
                if isinstance(settings.box, Server) and rounds % _BOX_EVERY_ROUNDS == 0:
                    read_box(store, settings.box, clock)
            except (NoServerError, NoMailboxError, AlreadyPostingError) as error:
                log.warning("mail_waits", code=error.code, reason=error.message)
            except Exception:
                log.exception("mailing_failed")
                store.database.close()
            rounds += 1
    finally:
        if door is not None:
            door.join()
        store.database.close()
        store.vault.close()


def _open_door(
    store: Store, settings: MailSettings, has_ended: threading.Event, clock: Callable[[], datetime]
) -> threading.Thread | None:
    """Where a mail server hands letters on, if the settings name such a place."""
    if not isinstance(settings.box, Door):
        return None
    thread = threading.Thread(
        target=take_at, args=(store, settings.box, settings.sender, has_ended, clock), name="mail-door"
    )
    thread.start()
    return thread


def take_at(
    store: Store, door: Door, sender: str, has_ended: threading.Event, clock: Callable[[], datetime]
) -> None:
    """Until told to stop. A place that is taken is told once, and looked at again."""
    is_told = False
    try:
        while not has_ended.is_set():
            try:
                lmtp.serve(door, Answers(store=store, sender=sender, clock=clock), has_ended)
            except lmtp.NoDoorError as error:
                if not is_told:
                    log.error("no_door", code=error.code, reason=error.message)  # noqa: TRY400 - the sentence says it all
                is_told = True
                has_ended.wait(_ROUND_EVERY_S)
    finally:
        store.database.close()
        store.vault.close()


def send(
    store: Store,
    settings: MailSettings,
    clock: Callable[[], datetime],
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """All that is due, over one connection. How many letters. Raises NoServerError, AlreadyPostingError."""
    sender = Sender(address=settings.sender, origin=public_origin())
    with posting(settings.out) as post, mailer(store, post, sender, clock, is_over) as made:
        return made.send_due()


def read_box(store: Store, box: Server, clock: Callable[[], datetime]) -> int:
    """Act on what came in. How many letters. Raises NoMailboxError."""
    return poll(box, lambda raw: is_understood(take(store, raw, clock())))
