"""Lead ads: answers on somebody else's form, with the wording that was said of that form, and none where nobody said it.

Meta names its leads and no more: what people answered is fetched afterwards, by whoever has the port for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from yesword.collect import calls, sources
from yesword.collect.hearsay import NOTHING, Heard
from yesword.collect.sources import Source
from yesword.domain.collecting.hooks import Pending, Told, UnreadableHookError, Wish
from yesword.domain.collecting.providers import meta
from yesword.domain.errors import YeswordError
from yesword.domain.times import to_micros
from yesword.store.database import Session
from yesword.store.opening import Store

_LEASE: Final = timedelta(minutes=2)
_PAUSES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
_AT_ONCE: Final = 20


class FetchError(YeswordError):
    """The lead could not be fetched: {why}."""

    code = "lead_not_fetched"


class LeadGoneError(FetchError):
    """The lead is not there any more, or the token may not see it: {why}."""

    code = "lead_gone"


class LeadFetcher(Protocol):
    """Gets what people answered, as the network gives it."""

    def fetch(self, graph_url: str, lead: str, token: str) -> bytes:
        """Raises FetchError; LeadGoneError where trying again helps nobody."""


def take(store: Store, source: Source, told: Sequence[Told], at: datetime) -> Heard:
    """Take leads. Those that only try the address are left out; each lead counts once, however it is told."""
    people = [each for each in told if not each.is_test]
    heard = NOTHING
    for each in people:
        found = calls.take(store, source, [each], f"lead:{each.ref}", at)
        heard += found
        if found.joined is not None and each.wish is Wish.YES and each.form not in source.forms:
            with store.database.write() as session:
                session.run("count_unknown_form", source_id=source.id, form=each.form, last_at=to_micros(at))
    return heard


def note(session: Session, source: Source, leads: Sequence[Pending], at: datetime) -> int:
    """Keep the ids of leads that are to be fetched. The number of those that were not known yet."""
    return sum(
        session.run(
            "insert_lead", source_id=source.id, ref=each.ref, form=each.form, received_at=to_micros(at)
        )
        for each in leads
    )


def fetch_due(store: Store, fetcher: LeadFetcher, at: datetime) -> int:
    """Fetch leads whose time has come, and take them. The number of those that were tried."""
    with store.database.read() as session:
        due = session.rows("due_leads", now=to_micros(at), count=_AT_ONCE)
    tried = 0
    for source_id, ref, _, _, tries in due:
        with store.database.write() as session:
            leased = session.run(
                "lease_lead", source_id=source_id, ref=ref, now=to_micros(at), until=to_micros(at + _LEASE)
            )
        if not leased:
            continue  # another process has it
        tried += 1
        source = sources.by_id(store, source_id)
        trouble = "closed" if source is None else _fetch(store, source, fetcher, ref, at)
        with store.database.write() as session:
            if not trouble or tries >= len(_PAUSES) or trouble in (LeadGoneError.code, "closed"):
                session.run("forget_lead", source_id=source_id, ref=ref)
            else:
                pause = _PAUSES[tries]
                session.run(
                    "postpone_lead",
                    source_id=source_id,
                    ref=ref,
                    due_at=to_micros(at + pause),
                    trouble=trouble,
                )
        if trouble and source is not None:
            sources.note_refused(source_id, trouble, at)
    return tried


def _fetch(store: Store, source: Source, fetcher: LeadFetcher, ref: str, at: datetime) -> str:
    """The code of what went wrong; empty where nothing did."""
    try:
        body = fetcher.fetch(source.graph_url, ref, source.secrets.token)
        take(store, source, [meta.lead(body, source.fields)], at)
    except (FetchError, UnreadableHookError) as error:
        return error.code
    return ""
