"""What several providers do alike, each once: addresses, sign-in, bodies, times, and what a refusal comes to.

What only one provider does stands in its own file; how calls prove who sent them stands in `proving`.
"""

import base64
import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final, Generic, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from yesword.channels.errors import CarrierError
from yesword.channels.http import proving
from yesword.channels.http.provider import (
    Call,
    HttpSettings,
    Reply,
    Request,
    Setup,
    UnreadableReplyError,
    refused,
    usual,
)
from yesword.channels.ports import MADE_ID, HandOver, Outcome

_MOST_FIELDS: Final = 500
_LONGEST_CODE: Final = 64
_ID_LENGTH: Final = 32

SettingsT = TypeVar("SettingsT", bound=HttpSettings)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfAccount(Generic[SettingsT]):
    """One account with a provider: what its `Provider` has without saying anything of its own."""

    home: ClassVar[str] = ""  # where the provider is, unless the account says otherwise
    repeats_safely: ClassVar[bool] = False
    carries_media: ClassVar[bool] = False

    setup: Setup

    @property
    def origin(self) -> str:
        return self.settings.base_url or self.home

    @property
    def settings(self) -> SettingsT:
        settings: SettingsT = self.setup.settings
        return settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.setup.secrets

    def at(self, path: str) -> str:
        """The whole address of a path, which begins with a slash."""
        return self.origin.rstrip("/") + path

    def page_at(self, path: str | None, headers: Mapping[str, str]) -> Request | None:
        """A list's next page, at the path that the provider told, which begins with a slash; None where it told none.

        Raises ValueError for another host, which would get the account's secret.
        """
        if not path:
            return None
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError("the next page is on another host")
        return get(self.at(path), headers)


# What we send


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    """RFC 7617."""
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def post_json(url: str, headers: Mapping[str, str], fields: object) -> Request:
    headers = {**headers, "Content-Type": "application/json"}
    return Request(method="POST", url=url, headers=headers, body=json.dumps(fields).encode())


def post_form(url: str, headers: Mapping[str, str], fields: list[tuple[str, str]]) -> Request:
    headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    return Request(method="POST", url=url, headers=headers, body=urlencode(fields).encode())


def get(url: str, headers: Mapping[str, str]) -> Request:
    return Request(method="GET", url=url, headers=headers)


def stamp(at: datetime) -> str:
    """A moment in UTC as most providers want it, such as 2026-03-02T12:00:00.000Z."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def with_password(url: str, user: str, password: str) -> str:
    """An address that is called with a name and a password, as `proving.check_basic` wants them."""
    parts = urlsplit(url)
    signed_in = f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"
    return parts._replace(netloc=signed_in).geturl()


def with_key(url: str, password: str) -> str:
    """An address with a password behind it, as `proving.check_key` wants it."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({proving.KEY: password})}"


# What we read


def read_json(body: bytes) -> object:
    """None for what is no JSON, which comes of a proxy between."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def read_form(text: bytes | str) -> dict[str, str]:
    """Raises ValueError."""
    text = text if isinstance(text, str) else text.decode("utf-8")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))


def form_of(call: Call) -> dict[str, str]:
    """The fields of a call, which stand in the body of a POST and in the address of a GET. Raises ValueError."""
    return read_form(call.body if call.method == "POST" else call.query)


def moment(text: str) -> datetime:
    """An ISO time; UTC where it does not say. Raises ValueError, and TypeError for what is no text."""
    at = datetime.fromisoformat(text)
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:  # at the ends of the calendar
        raise ValueError("no moment in UTC") from None


def made_id(*told: str) -> str:
    """For what has no id of its own: the same whenever the same is brought. It says so, since it may not be kept as it is."""
    return MADE_ID + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:_ID_LENGTH]


# What it means


def meaning_of(code: str, meanings: Mapping[str, CarrierError]) -> CarrierError | None:
    """OTHER for a code that the provider's table does not have, None for no code."""
    return meanings.get(code, CarrierError.OTHER) if code else None


def answered(
    handover: HandOver,
    reply: Reply,
    code: str,
    meanings: Mapping[str, CarrierError],
    of_the_account: Container[str] = (),
) -> Outcome:
    """What an answer that is no success means: its code where the table knows it, else its status, else "refused".

    A code of the account (its key, its plan) is no word about the text, which is given back. What came with the code
    stays unsaid, since a sentence may quote the number. Raises UnreadableReplyError.
    """
    if code and code in of_the_account and reply.status < 500:
        reply = Reply(status=401)
    is_told = code in meanings and 400 <= reply.status < 500 and reply.status not in (401, 408, 429)
    if not is_told and (found := usual(handover, reply)) is not None:
        return found
    if reply.status < 400:
        raise UnreadableReplyError(what="it is a success of an unknown kind")
    return refused(handover, code[:_LONGEST_CODE] or str(reply.status), meanings)
