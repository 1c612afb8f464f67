"""What an HTTP provider is to us: one frozen object that says what to send, what an answer means, and what it calls in.

A provider does no I/O. `HttpChannel` sends what `request` says and asks `outcome` what the reply means; the web's door
asks `take` what a call from the provider holds. What most providers have in common stands here: `usual` for statuses,
`Kind` for what an account of this kind is set up with.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, Self
from urllib.parse import urlsplit

from yesword.channels.errors import CarrierError
from yesword.channels.ports import (
    LONGEST_ANSWER_S,
    ChannelError,
    HandOver,
    InboundItem,
    Outcome,
    OutcomeStatus,
)


class BadHttpSettingError(ChannelError):
    """The setting {name} of the account {account} cannot be {value}. {expected}"""

    code = "bad_http_setting"


class BadCallError(ChannelError):
    """A call from a provider cannot be taken."""

    code = "carrier_call"


class UnprovenCallError(BadCallError):
    """The call does not prove that it comes from the provider ({why}). Check the account's secrets and its public address."""

    code = "carrier_call_unproven"


class StaleCallError(BadCallError):
    """The call is signed for another time, so it may be a repetition by somebody else. Check both clocks."""

    code = "carrier_call_stale"


class UnreadableCallError(BadCallError):
    """The call proves who sent it, and cannot be read: {what}."""

    code = "carrier_call_unreadable"


class UnreadableReplyError(ChannelError):
    """The provider answered in a way that nobody understands: {what}."""

    code = "carrier_reply_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    method: str
    url: str = field(repr=False)  # whole, with its query; it may hold a number
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # by their names in small letters
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A provider's call to us, as its bytes came."""

    method: str
    url: str = field(
        repr=False
    )  # the account's public address with the query as it came, never what a proxy made of it
    headers: Mapping[str, str] = field(repr=False)  # by their names in small letters
    body: bytes = field(repr=False)
    at: datetime

    @property
    def query(self) -> str:
        return urlsplit(self.url).query


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a provider wants to hear once everything in its call is stored."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


# What comes of reading something that is not of the form that it should have, however deep.
NOT_OF_THE_FORM: Final = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    items: tuple[InboundItem, ...] = ()  # none for what is no news, such as "queued"
    answer: Answer = field(default_factory=Answer)
    unread: tuple[str, ...] = ()  # why, of each that could not be read; what is in `items` came beside them

    @classmethod
    def of(cls, *items: InboundItem | None, answer: Answer | None = None) -> Self:
        """Of what was read; None is what is no news."""
        return cls(items=tuple(item for item in items if item is not None), answer=answer or Answer())

    @classmethod
    def of_each(
        cls, entries: Iterable[Any], read: Callable[[Any], InboundItem | None], answer: Answer | None = None
    ) -> Self:
        """Of a call that brings several: one that cannot be read keeps none of the others, which may be a stop."""
        items, unread = [], []
        for entry in entries:
            try:
                item = read(entry)
            except UnreadableCallError as error:
                unread.append(str(error.fields["what"]))
            except NOT_OF_THE_FORM as error:
                unread.append(type(error).__name__)  # its own words may hold a number
            else:
                if item is not None:
                    items.append(item)
        return cls(items=tuple(items), answer=answer or Answer(), unread=tuple(unread))


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpSettings:
    """What every account with an HTTP provider can set. A kind adds its own."""

    public_url: str = ""  # where this installation is reached from outside; calls come to it
    base_url: str = ""  # another address of the provider, such as that of a region
    per_second: float = 10.0  # texts
    parallel: int = 10  # requests under way at once
    connect_timeout_s: float = 3.0
    answer_timeout_s: float = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """One account, as its provider's maker gets it."""

    account: str
    settings: Any  # of the kind's own class
    secrets: Mapping[str, str] = field(repr=False)
    callback_url: str = field(default="", repr=False)  # public; its last part is a secret word


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """A secret that an account of a kind has, and what it is called where the provider shows it."""

    name: str
    called: str
    is_needed: bool = True


class Provider(Protocol):
    @property
    def origin(self) -> str:
        """Where its requests go; of this address only scheme, host and port count."""

    @property
    def repeats_safely(self) -> bool:
        """Whether the same request, sent twice, is one text to the provider: it honours an idempotency key."""

    @property
    def carries_media(self) -> bool: ...

    def request(self, handover: HandOver) -> Request:
        """What hands this text over. Its idempotency key, where there is one, is made of the attempt's id."""

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        """What the reply means. Raises UnreadableReplyError, or one of NOT_OF_THE_FORM, where nobody can tell."""

    def verify(self, call: Call) -> None:
        """Raises UnprovenCallError or StaleCallError."""

    def read(self, call: Call) -> Taken:
        """What a proven call holds. Raises UnreadableCallError, or one of NOT_OF_THE_FORM."""

    def trial(self) -> Request | None:
        """A harmless request that shows whether the account signs in; None where the provider has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A provider, as accounts are made with it."""

    name: str
    title: str
    settings: type[HttpSettings]
    secrets: tuple[Secret, ...]
    make: Callable[[Setup], Provider]


def take(provider: Provider, call: Call) -> Taken:
    """Prove a call, and only then read it: at least one item, or no news at all. Raises BadCallError."""
    provider.verify(call)
    try:
        taken = provider.read(call)
    except NOT_OF_THE_FORM as error:
        # The provider's own words may hold a number; the kind of error does not.
        raise UnreadableCallError(what=type(error).__name__) from error
    if taken.unread and not taken.items:
        raise UnreadableCallError(what=taken.unread[0])
    return taken


def check_settings(account: str, settings: HttpSettings) -> None:
    """Raises BadHttpSettingError."""

    def refuse(name: str, value: object, expected: str) -> None:
        raise BadHttpSettingError(account=account, name=name, value=value, expected=expected)

    for name in ("per_second", "connect_timeout_s", "answer_timeout_s"):
        if not getattr(settings, name) > 0:
            refuse(name, getattr(settings, name), "Give a number above 0.")
    if not 1 <= settings.parallel <= _MOST_PARALLEL:
        refuse("parallel", settings.parallel, f"Give a number from 1 to {_MOST_PARALLEL}.")
    if settings.answer_timeout_s > LONGEST_ANSWER_S:
        refuse("answer_timeout_s", settings.answer_timeout_s, f"Give at most {LONGEST_ANSWER_S:g} seconds.")
    for name in ("public_url", "base_url"):
        if (url := getattr(settings, name)) and not is_safe_url(url):
            refuse(name, url, "Give an address that begins with https://.")
    if "?" in settings.public_url or "#" in settings.public_url:
        refuse("public_url", settings.public_url, "Give an address without ? and #.")


_MOST_PARALLEL: Final = 1000
_LOOPBACK: Final = frozenset(("127.0.0.1", "::1", "localhost"))


def is_safe_url(url: str) -> bool:
    """Whether what is sent there is read by nobody between: https, or this machine."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    is_clean = url.isascii() and url.isprintable() and " " not in url and parts.username is None
    return (
        is_whole
        and is_clean
        and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))
    )


def accepted(handover: HandOver, provider_id: str) -> Outcome:
    """Raises UnreadableReplyError where there is no id: a report could never be matched."""
    if not provider_id:
        raise UnreadableReplyError(what="it has no id")
    return Outcome(
        message_id=handover.message_id,
        attempt_id=handover.attempt_id,
        status=OutcomeStatus.ACCEPTED,
        provider_id=provider_id,
    )


def refused(
    handover: HandOver, code: str, meanings: Mapping[str, CarrierError], text: str | None = None
) -> Outcome:
    """Refused with the provider's own code; what it means is looked up in the provider's table.

    A code that says "too fast" or "no credit" is about the account and not about the text, which is given back.
    """
    meaning = meanings.get(code, CarrierError.OTHER)
    is_ours = meaning in (CarrierError.THROTTLED, CarrierError.INSUFFICIENT_FUNDS)
    status = OutcomeStatus.THROTTLED if is_ours else OutcomeStatus.REFUSED
    return Outcome.of(handover, status, code, text and text[:200], meaning)


def usual(handover: HandOver, reply: Reply) -> Outcome | None:
    """What a status means by itself where the provider says nothing else; None where its body has to tell.

    429 is "not taken, too fast". A sign-in that is refused and an account without money do not make the text bad: it is
    given back, and the channel rests. Of 408 and 5xx nobody knows whether the text was taken.
    """
    match reply.status:
        case 429:
            return Outcome.of(handover, OutcomeStatus.THROTTLED, "429", meaning=CarrierError.THROTTLED)
        case 401 | 403 | 407:
            return Outcome.of(handover, OutcomeStatus.THROTTLED, SIGN_IN_REFUSED)
        case 402:
            return Outcome.of(
                handover, OutcomeStatus.THROTTLED, "402", meaning=CarrierError.INSUFFICIENT_FUNDS
            )
        case 408:
            return Outcome.of(handover, OutcomeStatus.UNKNOWN, "408")
        case status if status >= 500 or status < 200 or 300 <= status < 400:
            return Outcome.of(handover, OutcomeStatus.UNKNOWN, str(status))
    return None


SIGN_IN_REFUSED: Final = "sign_in_refused"
