"""Asking an HTTP provider for its own list of opt-outs, page by page, where it documents one.

A provider that keeps such a list says what to ask for and reads the answer; asking is the same for all of them. What the
list means is not for here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from yesword.channels.http.provider import NOT_OF_THE_FORM, Reply, Request
from yesword.channels.http.trying import ask
from yesword.channels.ports import ChannelError, ListedOptOut

_MOST_PAGES: Final = 20_000
_OK: Final = 200


class OptOutListRefusedError(ChannelError):
    """The provider of {account} does not hand over its list of opt-outs: it answers {status}."""

    code = "opt_out_list_refused"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OptOutPage:
    items: tuple[ListedOptOut, ...]
    following: Request | None = None


@runtime_checkable
class ListsOptOuts(Protocol):
    """A provider that hands over its list of opt-outs."""

    def list_opt_outs(self) -> Request: ...

    def listed_opt_outs(self, reply: Reply) -> OptOutPage:
        """Raises one of NOT_OF_THE_FORM where nobody can tell what it says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OptOutsAt:
    """The port `OptOutList`, of one account."""

    account: str
    provider: ListsOptOuts
    timeout_s: float

    def opt_outs(self) -> Iterator[ListedOptOut]:
        """All of them, as they come. Raises CarrierUnreachableError, OptOutListRefusedError."""
        request: Request | None = self.provider.list_opt_outs()
        for _page in range(_MOST_PAGES):
            if request is None:
                return
            reply = ask(request, self.timeout_s)
            if reply.status != _OK:
                raise OptOutListRefusedError(account=self.account, status=reply.status)
            try:
                page = self.provider.listed_opt_outs(reply)
            except NOT_OF_THE_FORM:
                raise OptOutListRefusedError(
                    account=self.account, status="something that cannot be read"
                ) from None
            yield from page.items
            request = page.following
        raise OptOutListRefusedError(account=self.account, status=f"more than {_MOST_PAGES} pages")
