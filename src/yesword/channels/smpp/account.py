"""The settings of one account with a carrier that speaks SMPP. No secret of it ever shows in a repr."""

import enum
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from yesword.channels.ports import LONGEST_ANSWER_S, ChannelError
from yesword.channels.smpp import pdu
from yesword.channels.smpp.addresses import AddressRules
from yesword.channels.smpp.alphabets import Alphabet
from yesword.channels.smpp.parts import Codings, LongTexts
from yesword.channels.smpp.reports import ReportDialect
from yesword.domain import heard_numbers


class BadSettingError(ChannelError):
    """The setting {name} of an SMPP account cannot be {value}. {expected}"""

    code = "bad_smpp_setting"


class BindKind(enum.Enum):
    """What a bind may do; the value is the command that asks for it."""

    TRANSMITTER = pdu.BIND_TRANSMITTER
    RECEIVER = pdu.BIND_RECEIVER
    TRANSCEIVER = pdu.BIND_TRANSCEIVER


class Binding(enum.StrEnum):
    """How an account is bound: both ways on each connection, or one connection each way."""

    TRANSCEIVER = "transceiver"
    PAIRS = "pairs"


class Reports(enum.StrEnum):
    """Which delivery reports are asked for. The value of registered_delivery that asks stands below."""

    NONE = "none"
    ALL = "all"
    FAILURES = "failures"


_REGISTERED: Final = {Reports.NONE: 0, Reports.ALL: 1, Reports.FAILURES: 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tls:
    """TLS to the carrier. Without a file of authorities those of the system are trusted."""

    authorities: Path | None = None
    certificate: Path | None = (
        None  # of ours, where the carrier wants one; PEM, with the key unless it has its own file
    )
    key: Path | None = None
    server_name: str | None = None  # as in the carrier's certificate, where it differs from the host

    def context(self) -> ssl.SSLContext:
        """Raises BadSettingError where a file cannot be read."""
        files = {"authorities": self.authorities, "certificate": self.certificate, "key": self.key}
        for name, path in files.items():
            if path is not None and not path.is_file():
                raise BadSettingError(
                    name=f"tls.{name}",
                    value=path,
                    expected="There is no such file: give the whole path of one, in PEM.",
                )
        try:
            context = ssl.create_default_context(
                cafile=None if self.authorities is None else str(self.authorities)
            )
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise BadSettingError(
                name="tls",
                value=error,
                expected="Check that the files are there, are PEM and belong together.",
            ) from error
        return context


@dataclass(frozen=True, kw_only=True, slots=True)
class SmppAccount:
    name: str  # our key of the account
    host: str
    port: int = 2775
    tls: Tls | None = None
    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    address_range: str = ""
    binding: Binding = Binding.TRANSCEIVER
    binds: int = 1  # connections each way
    window: int = 10  # submits unanswered on a connection
    chunk: int = 100  # submits written together
    max_per_second: float = 100.0  # submits, so a text of three parts counts three times
    enquire_every_s: float = 30.0  # on an idle connection
    connect_timeout_s: float = 2.0
    answer_timeout_s: float = 8.0  # for a submit, an enquire_link and a bind
    alphabet: Alphabet = Alphabet.GSM_7
    codings: Codings = field(default_factory=Codings)
    long_texts: LongTexts = LongTexts.UDH_8
    addresses: AddressRules = field(default_factory=AddressRules)
    reports: Reports = Reports.ALL
    dialect: ReportDialect = field(default_factory=ReportDialect)
    validity_s: int | None = None  # how long the carrier may try to deliver
    own_codes: Mapping[int, str] = field(
        default_factory=dict
    )  # the carrier's statuses, as in {0x401: "opted_out"}
    inbound_id_tag: int | None = (
        pdu.RECEIPTED_MESSAGE_ID
    )  # where a text that comes in has its id, if it has one
    reference_tag: int | None = None  # an optional parameter in which the carrier echoes our own reference

    def __post_init__(self) -> None:
        whole = {"port": self.port, "binds": self.binds, "window": self.window, "chunk": self.chunk}
        for name, value in whole.items():
            if value < 1:
                raise BadSettingError(name=name, value=value, expected="Give 1 or more.")
        if self.port > 65_535:
            raise BadSettingError(name="port", value=self.port, expected="Give 65535 or less.")
        seconds = {
            "max_per_second": self.max_per_second,
            "enquire_every_s": self.enquire_every_s,
            "connect_timeout_s": self.connect_timeout_s,
            "answer_timeout_s": self.answer_timeout_s,
        }
        for name, number in seconds.items():
            if not number > 0:
                raise BadSettingError(name=name, value=number, expected="Give a number above 0.")
        if self.answer_timeout_s > LONGEST_ANSWER_S:
            raise BadSettingError(
                name="answer_timeout_s",
                value=self.answer_timeout_s,
                expected=f"Give at most {LONGEST_ANSWER_S:g} seconds.",
            )
        if len(self.system_id) > 15:
            raise BadSettingError(
                name="system_id", value=self.system_id, expected="It has 15 characters at most."
            )
        if not self.host:
            raise BadSettingError(name="host", value="empty", expected="Give the carrier's name or address.")
        code = self.addresses.country_code
        if code and heard_numbers.home_of(code) is None:
            raise BadSettingError(
                name="addresses.country_code",
                value=code,
                expected="Give the digits that a country's numbers begin with, such as 31.",
            )
        for name, tag in (("inbound_id_tag", self.inbound_id_tag), ("reference_tag", self.reference_tag)):
            if tag is not None and not 0 <= tag <= 0xFFFF:
                raise BadSettingError(name=name, value=tag, expected="Give a number from 0 to 65535.")
        for name, byte in self._bytes():
            if not 0 <= byte <= 0xFF:
                raise BadSettingError(name=name, value=byte, expected="Give a number from 0 to 255.")
        for name, written in (("system_type", self.system_type), ("address_range", self.address_range)):
            if not (written.isascii() and written.isprintable()):
                raise BadSettingError(name=name, value=written, expected="Give plain letters and figures.")
        if self.validity_s is not None and self.validity_s < 1:
            raise BadSettingError(name="validity_s", value=self.validity_s, expected="Give 1 or more.")

    def _bytes(self) -> Iterator[tuple[str, int]]:
        """The settings that go out as one byte each."""
        for coding in fields(self.codings):
            yield f"codings.{coding.name}", getattr(self.codings, coding.name)
        for name in ("international", "short_code", "alphanumeric", "other"):
            kind = getattr(self.addresses, name)
            yield f"addresses.{name}.ton", kind.ton
            yield f"addresses.{name}.npi", kind.npi

    @property
    def endpoint(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def registered_delivery(self) -> int:
        return _REGISTERED[self.reports]

    @property
    def validity(self) -> str:
        """As a relative time of the specification (section 7.1.1), or empty."""
        if self.validity_s is None:
            return ""
        minutes, seconds = divmod(self.validity_s, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        return f"0000{min(days, 99):02}{hours:02}{minutes:02}{seconds:02}000R"
