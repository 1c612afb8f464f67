"""A card: one HTTP provider described in a small TOML file, for those that need no code. Read here, strictly; what it
makes of texts and calls stands in `generic`.

Templates name what they want put in: {number} (with its plus), {digits} (without), {sender}, {text}, {reference} (our
own, echoed by reports), {callback_url}, {value.NAME} of the account's settings, {secret.NAME} of its secrets. {media},
alone, is the list of addresses of pictures. Two braces stand for one.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yesword.channels.errors import CarrierError
from yesword.channels.http.provider import is_safe_url
from yesword.channels.http.tables import BadCardError, Table, parse
from yesword.channels.ports import ReportState

_MOST_BYTES: Final = 64 * 1024
_NAMES: Final = ("number", "digits", "sender", "text", "reference", "callback_url")
_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_OWN: Final = re.compile(r"(?:value|secret)\.[a-z][a-z0-9_]{0,39}")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
MEDIA: Final = "{media}"


class Form(enum.StrEnum):
    """How values are written into a request, or stand in a call."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"


class Scheme(enum.StrEnum):
    """How a call proves who sent it."""

    HMAC_SHA256 = "hmac-sha256"  # over the raw body, after the time stamp where there is one
    BASIC = "basic"  # a name and a password
    SHARED_SECRET = "shared-secret"  # one word in a header  # noqa: S105


class Moment(enum.StrEnum):
    """How a time is written."""

    ISO = "iso"
    UNIX = "unix"
    UNIX_MS = "unix-ms"


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """Pieces that are taken as they are, and names to be filled in."""

    source: str
    parts: tuple[tuple[bool, str], ...]  # (is a name, the name or the text)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(part for is_name, part in self.parts if is_name)

    def fill(self, values: Mapping[str, str]) -> str:
        return "".join(values[part] if is_name else part for is_name, part in self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    method: str
    url: Template
    form: Form
    headers: Mapping[str, Template]
    basic: tuple[Template, Template] | None
    fields: Any  # as in the file, with a Template where a text stands
    idempotency_header: str
    success: frozenset[int]
    throttled: frozenset[int]
    not_taken: frozenset[int]  # statuses that the provider's documentation calls "not taken"
    id_path: str
    code_path: str
    text_path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    scheme: Scheme
    secret: str  # the name of the account's secret
    header: str
    prefix: str
    is_base64: bool
    stamp_header: str  # with the time in seconds since 1970, signed before the body
    stamp_joint: str
    user: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which part of a call this is: the field at a path has one of these values; always, where no path is given."""

    path: str = ""
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    when: Wanted
    id_path: str
    from_path: str
    to_path: str
    text_path: str
    at_path: str
    at_form: Moment
    media_path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reporting:
    when: Wanted
    id_path: str
    state_path: str
    states: Mapping[str, ReportState | None]  # None: no news
    code_path: str
    reference_path: str
    at_path: str
    at_form: Moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    proof: Proof
    form: Form
    list_path: str
    answer_status: int
    answer_body: str
    answer_type: str
    inbound: Inbound | None
    report: Reporting | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    name: str
    sending: Sending
    errors: Mapping[str, CarrierError]
    calls: Calls | None
    trial_url: Template | None = None
    secrets: frozenset[str] = field(default_factory=frozenset)  # named anywhere in it
    values: frozenset[str] = field(default_factory=frozenset)

    @property
    def carries_media(self) -> bool:
        return _has_media(self.sending.fields)


def load(path: Path) -> Card:
    """Raises BadCardError, and OSError where there is no such file."""
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BadCardError(file=path.name, line=1, key="the file", expected=f"at most {_MOST_BYTES:,} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadCardError(file=path.name, line=1, key="the file", expected="text in UTF-8") from None
    return read(path.name, text)


def read(file: str, text: str) -> Card:
    """Raises BadCardError."""
    table = parse(file, text)
    name = table.text("name")
    named: set[str] = set()
    sending = _sending(table.table("send"), named)
    errors = table.table("errors").texts(
        lambda errors, key: CarrierError(errors.choice(key, [each.value for each in CarrierError]))
    )
    calls = _calls(table, named) if table.has("calls") else None
    if calls is None:
        for key in ("inbound", "report"):
            if table.has(key):
                raise table.wrong(key, "a table [calls] beside it, that says how a call proves who sent it")
    trial = table.table("trial")
    trial_url = _url(trial, "url", named) if table.has("trial") else None
    trial.end()
    table.end()
    return Card(
        name=name,
        sending=sending,
        errors=errors,
        calls=calls,
        trial_url=trial_url,
        secrets=frozenset(each.partition(".")[2] for each in named if each.startswith("secret.")),
        values=frozenset(each.partition(".")[2] for each in named if each.startswith("value.")),
    )


def _sending(table: Table, named: set[str]) -> Sending:
    basic = table.table("basic")
    by_basic = None
    if basic.keys:
        by_basic = (_template(basic, "user", named), _template(basic, "password", named))
    basic.end()
    headers = table.table("headers")
    for name in headers.keys:
        if not _HEADER.fullmatch(name):
            raise headers.wrong(name, "the name of a header")
    success = table.table("success")
    failure = table.table("failure")
    sending = Sending(
        method=table.choice("method", ("POST", "PUT", "GET"), "POST"),
        url=_url(table, "url", named),
        form=Form(table.choice("form", [each.value for each in Form], Form.JSON.value)),
        headers=headers.texts(lambda each, key: _template(each, key, named)),
        basic=by_basic,
        fields=_fields(table.table("fields"), named),
        idempotency_header=table.text("idempotency_header", ""),
        success=success.numbers("statuses", (200, 201, 202), least=200, most=299),
        id_path=success.text("id"),
        throttled=failure.numbers("throttled", (429,), least=400, most=599),
        not_taken=failure.numbers("not_taken", (), least=500, most=599),
        code_path=failure.text("code", ""),
        text_path=failure.text("text", ""),
    )
    success.end()
    failure.end()
    table.end()
    if sending.method == "GET" and sending.form is not Form.QUERY:
        raise table.wrong("form", 'form = "query" with method = "GET"')
    if sending.idempotency_header and not _HEADER.fullmatch(sending.idempotency_header):
        raise table.wrong("idempotency_header", "the name of a header")
    told = _names_in(sending.fields) | sending.url.names
    if not told & {"number", "digits"} or "text" not in told:
        raise table.wrong("fields", "a field with {number} or {digits}, and one with {text}")
    return sending


def _fields(table: Table, named: set[str]) -> Any:
    """The same tables and lists, with a Template for each text."""

    def walk(value: Any, key: str) -> Any:
        if isinstance(value, str):
            return value if value == MEDIA else _parse(table, key, value, named)
        if isinstance(value, dict):
            return {name: walk(each, key) for name, each in value.items()}
        if isinstance(value, list):
            return [walk(each, key) for each in value]
        if isinstance(value, bool | int | float):
            return value
        raise table.wrong(key, "a text, a number, true, false, a list or a table")

    return {key: walk(table.raw(key), key) for key in table.keys}


def _template(table: Table, key: str, named: set[str]) -> Template:
    return _parse(table, key, table.text(key), named)


def _parse(table: Table, key: str, text: str, named: set[str]) -> Template:
    parts: list[tuple[bool, str]] = []
    end = 0
    for found in _PART.finditer(text):
        if found.start() > end:
            parts.append((False, text[end : found.start()]))
        end = found.end()
        if found[0] in ("{{", "}}"):
            parts.append((False, found[0][0]))
        elif found[1] is not None and (found[1] in _NAMES or _OWN.fullmatch(found[1])):
            parts.append((True, found[1]))
            named.add(found[1])
        else:
            known = ", ".join(f"{{{name}}}" for name in _NAMES)
            raise table.wrong(key, f"{known}, {{value.NAME}} or {{secret.NAME}}, and two braces for one")
    if end < len(text):
        parts.append((False, text[end:]))
    return Template(source=text, parts=tuple(parts))


def _url(table: Table, key: str, named: set[str]) -> Template:
    template = _template(table, key, named)
    # What is filled in may not choose the host.
    host, _, _ = template.source.partition("://")[2].partition("/")
    if "{" in host or not is_safe_url(template.fill(dict.fromkeys(template.names, "x"))):
        raise table.wrong(
            key, "an address that begins with https:// and has nothing to fill in before its path"
        )
    return template


def _calls(table: Table, named: set[str]) -> Calls:
    calls = table.table("calls")
    scheme = Scheme(calls.choice("signature", [each.value for each in Scheme]))
    default = {Scheme.BASIC: "Authorization"}.get(scheme)
    proof = Proof(
        scheme=scheme,
        secret=calls.text("secret"),
        header=calls.text("header", default).lower(),
        prefix=calls.text("prefix", ""),
        is_base64=calls.choice("encoding", ("hex", "base64"), "hex") == "base64",
        stamp_header=calls.text("timestamp_header", "").lower(),
        stamp_joint=calls.text("timestamp_joint", "."),
        user=calls.text("user", "" if scheme is not Scheme.BASIC else None),
    )
    named.add(f"secret.{proof.secret}")
    if not _OWN.fullmatch(f"secret.{proof.secret}"):
        raise calls.wrong("secret", "the name of a secret, in small letters")
    answer = calls.table("answer")
    status = (
        answer.numbers("status", (200,), least=200, most=299) if answer.has("status") else frozenset((200,))
    )
    read = Calls(
        proof=proof,
        form=Form(calls.choice("form", [each.value for each in Form], Form.JSON.value)),
        list_path=calls.text("list", ""),
        answer_status=min(status, default=200),
        answer_body=answer.text("body", ""),
        answer_type=answer.text("content_type", "text/plain; charset=utf-8"),
        inbound=_inbound(table.table("inbound")) if table.has("inbound") else None,
        report=_reporting(table.table("report")) if table.has("report") else None,
    )
    answer.end()
    calls.end()
    if read.inbound is None and read.report is None:
        raise table.wrong("calls", "a table [inbound] or [report] beside it, that says what a call holds")
    for name in ("inbound", "report"):
        other = read.report if name == "inbound" else read.inbound
        own = read.inbound if name == "inbound" else read.report
        if own is not None and other is not None and not own.when.path:
            raise table.wrong(name, "when = { field = …, is = [ … ] }, which tells it from the other")
    return read


def _when(table: Table) -> Wanted:
    when = table.table("when")
    if not when.keys:
        return Wanted()
    path, values = when.text("field"), when.raw("is")
    if not isinstance(values, list) or not values or not all(isinstance(each, str) for each in values):
        raise when.wrong("is", "a list of texts")
    when.end()
    return Wanted(path=path, values=frozenset(values))


def _inbound(table: Table) -> Inbound:
    read = Inbound(
        when=_when(table),
        id_path=table.text("id"),
        from_path=table.text("from"),
        to_path=table.text("to"),
        text_path=table.text("text"),
        at_path=table.text("at", ""),
        at_form=_moment(table),
        media_path=table.text("media", ""),
    )
    table.end()
    return read


def _reporting(table: Table) -> Reporting:
    words = table.table("states")
    known = [*(each.value for each in ReportState), NO_NEWS]
    states = words.texts(lambda each, key: each.choice(key, known))
    read = Reporting(
        when=_when(table),
        id_path=table.text("id"),
        state_path=table.text("state"),
        states={word: None if state == NO_NEWS else ReportState(state) for word, state in states.items()},
        code_path=table.text("code", ""),
        reference_path=table.text("reference", ""),
        at_path=table.text("at", ""),
        at_form=_moment(table),
    )
    if not states:
        raise table.wrong("states", "the provider's words for what became of a text, each with one of ours")
    table.end()
    return read


NO_NEWS: Final = "no-news"


def _moment(table: Table) -> Moment:
    return Moment(table.choice("at_form", [each.value for each in Moment], Moment.ISO.value))


def _names_in(value: Any) -> frozenset[str]:
    if isinstance(value, Template):
        return value.names
    if isinstance(value, dict):
        return frozenset[str]().union(*(_names_in(each) for each in value.values()))
    if isinstance(value, list):
        return frozenset[str]().union(*(_names_in(each) for each in value))
    return frozenset()


def _has_media(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_media(each) for each in value.values())
    if isinstance(value, list):
        return any(_has_media(each) for each in value)
    return bool(value == MEDIA)
