"""Texts that could be given to nobody, taken in once more: by now their number can be read, or a program is there."""

from datetime import datetime

import structlog

from yesword.sending import inbound, strays
from yesword.sending.strays import NoSuchStrayError, Stray
from yesword.sending.understood import is_understood
from yesword.store.opening import Store

log = structlog.get_logger("yesword.strays")


def read_again(store: Store, at: datetime) -> int:
    """How many were given to whom they are from. One whose stop is not drained yet waits for the next time."""
    if store.keys_trouble is not None:
        return 0
    return sum(_again(store, stray, at) for stray in strays.waiting(store))


def _again(store: Store, stray: Stray, at: datetime) -> bool:
    text = stray.text
    if text is None or not is_understood(stray.account, text):
        return False
    with store.database.write() as session:
        session.run("release_inbound_ref", account_id=stray.account, provider_id=text.provider_id)
    handled = inbound.receive(store, stray.account, text, at)
    if not inbound.may_acknowledge(store, handled):
        return False
    try:
        with store.database.write() as session:
            strays.drop(session, stray.id)
    except NoSuchStrayError:
        return False  # somebody else was as quick
    log.info("text_for_nobody_given", account=text.account, what=handled.what)
    return True
