"""Asking an HTTP provider what came in while nobody could be called: page by page, by whoever waits for it after a gap.

A provider that keeps such a list says what to ask for and reads the answer; asking is the same for all of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from yesword.channels.http.provider import NOT_OF_THE_FORM, Reply, Request
from yesword.channels.http.trying import ask
from yesword.channels.ports import ChannelError, InboundText, MissedItems

_MOST_PAGES: Final = 500
_OK: Final = 200


class ListRefusedError(ChannelError):
    """The provider of {account} does not hand over its list of texts that came in: it answers {status}. It is asked again."""

    code = "missed_list_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    items: tuple[InboundText, ...]
    following: Request | None = None


@runtime_checkable
class Lists(Protocol):
    """A provider that keeps a list of what came in."""

    def list_since(self, since: datetime) -> Request: ...

    def listed(self, reply: Reply, since: datetime) -> Page:
        """Raises one of NOT_OF_THE_FORM where nobody can tell what it says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MissedAt:
    """The port `Missed`, of one account."""

    account: str
    provider: Lists
    timeout_s: float

    def missed_since(self, since: datetime) -> MissedItems:
        """Raises CarrierUnreachableError, ListRefusedError."""
        found: list[InboundText] = []
        request: Request | None = self.provider.list_since(since)
        for _page in range(_MOST_PAGES):
            if request is None:
                found.sort(key=lambda each: each.received_at)
                return MissedItems(items=tuple(found))
            reply = ask(request, self.timeout_s)
            if reply.status != _OK:
                raise ListRefusedError(account=self.account, status=reply.status)
            try:
                page = self.provider.listed(reply, since)
            except NOT_OF_THE_FORM:
                raise ListRefusedError(account=self.account, status="something that cannot be read") from None
            found += page.items
            request = page.following
        raise ListRefusedError(account=self.account, status=f"more than {_MOST_PAGES} pages")
