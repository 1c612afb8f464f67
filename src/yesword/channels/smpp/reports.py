"""Delivery reports: the text of the old days with its dialects, the optional parameters of the new, and the ids in both.

Sources: SMPP 3.4 appendix B (the text), sections 5.2.12 (esm_class), 5.2.28 (message_state), 5.3.2.31 (network error
code); 3GPP TS 29.002 clause 17.6.6 for the causes. A carrier may write the id of a message in one base when it takes
the text and in another when it reports, and may lose zeros in front; an account says which.
"""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from yesword.channels.ports import ReportState
from yesword.channels.smpp import pdu
from yesword.channels.smpp.pdu import ShortMessage

_TYPE: Final = 0x3C  # the bits of esm_class that say what a deliver_sm is
_RECEIPT: Final = 0x04
_INTERMEDIATE: Final = 0x20


class IdForm(enum.StrEnum):
    """In which base the carrier writes ids: when it takes a text, and when it reports on it."""

    AS_IS = "as_is"
    DECIMAL = "decimal"  # both times, with or without zeros in front
    HEX = "hex"  # both times, in any case, with or without zeros in front
    HEX_THEN_DECIMAL = "hex_then_decimal"
    DECIMAL_THEN_HEX = "decimal_then_hex"


_SUBMITTED_BASE: Final = {
    IdForm.DECIMAL: 10,
    IdForm.HEX: 16,
    IdForm.HEX_THEN_DECIMAL: 16,
    IdForm.DECIMAL_THEN_HEX: 10,
}
_REPORTED_BASE: Final = {
    IdForm.DECIMAL: 10,
    IdForm.HEX: 16,
    IdForm.HEX_THEN_DECIMAL: 10,
    IdForm.DECIMAL_THEN_HEX: 16,
}
_NUMERAL: Final = {10: re.compile(r"[0-9]{1,128}"), 16: re.compile(r"(?:0[xX])?[0-9a-fA-F]{1,128}")}


def submitted_id(written: str, form: IdForm) -> str:
    """The id that a carrier gave when it took a text, in the form that its reports are brought to as well."""
    return _canonical(written, _SUBMITTED_BASE.get(form), form)


def reported_id(written: str, form: IdForm) -> str:
    return _canonical(written, _REPORTED_BASE.get(form), form)


def _canonical(written: str, base: int | None, form: IdForm) -> str:
    written = written.strip()
    if base is None or not _NUMERAL[base].fullmatch(written):
        return written
    value = int(written, base)
    return f"{value:x}" if form is IdForm.HEX else str(value)


_WIDTHS: Final = (8, 10, 12, 16, 20, 32)  # to which carriers fill ids up with zeros


def spellings(reported: str, form: IdForm) -> tuple[str, ...]:
    """How the carrier may have written an id when it took the text, if it reports in this form: for look-ups by index."""
    given, told = _SUBMITTED_BASE.get(form), _REPORTED_BASE.get(form)
    reported = reported.strip()
    if given is None or told is None or not _NUMERAL[told].fullmatch(reported):
        return ()
    value = int(reported, told)
    bare = f"{value:x}" if given == 16 else str(value)
    filled = (bare, *(bare.zfill(width) for width in _WIDTHS if len(bare) < width))
    both = (*filled, *(each.upper() for each in filled)) if given == 16 else filled
    return tuple(dict.fromkeys(each for each in both if each != reported))


def form_that_fits(submitted: Iterable[str], reported: Iterable[str]) -> IdForm | None:
    """Which form makes every reported id one of the submitted ones. None when none does, or nothing was reported."""
    given, told = list(submitted), list(reported)
    for form in IdForm if told else ():
        known = {submitted_id(each, form) for each in given}
        if all(reported_id(each, form) in known for each in told):
            return form
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a report says. `state` is None while the carrier is still at it."""

    id: str  # as written
    state: ReportState | None
    error: str | None = None  # the carrier's code as written, "000" left out
    done_at: datetime | None = None


_STATES: Final[Mapping[str, ReportState | None]] = MappingProxyType(
    {
        "DELIVRD": ReportState.DELIVERED,
        "DELIVERD": ReportState.DELIVERED,
        "DELIVERED": ReportState.DELIVERED,
        "EXPIRED": ReportState.EXPIRED,
        "DELETED": ReportState.FAILED,
        "UNDELIV": ReportState.FAILED,
        "UNDELIVERED": ReportState.FAILED,
        "UNDELIVERABLE": ReportState.FAILED,
        "FAILED": ReportState.FAILED,
        "REJECTD": ReportState.REJECTED,
        "REJECTED": ReportState.REJECTED,
        "REJECT": ReportState.REJECTED,
        "BLOCKED": ReportState.REJECTED,
        "UNKNOWN": ReportState.UNKNOWN,
        "UNKNOWNR": ReportState.UNKNOWN,
        "SKIPPED": ReportState.UNKNOWN,
        "ENROUTE": None,
        "ACCEPTD": None,
        "ACCEPTED": None,
        "BUFFRED": None,
        "BUFFERED": None,
        "BUFFERD": None,
        "SCHEDULED": None,
        "SENT": None,
    }
)
_BY_NUMBER: Final[Mapping[int, ReportState | None]] = MappingProxyType(
    {
        0: None,  # scheduled
        1: None,  # en route
        2: ReportState.DELIVERED,
        3: ReportState.EXPIRED,
        4: ReportState.FAILED,  # deleted
        5: ReportState.FAILED,
        6: None,  # accepted: somebody read it for the person, or it is on its way
        7: ReportState.UNKNOWN,
        8: ReportState.REJECTED,
        9: ReportState.UNKNOWN,  # skipped
    }
)

# Causes of the GSM network that say something about the person's line.
_GSM_CAUSES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "unknown_subscriber",
        5: "unknown_subscriber",
        6: "absent_subscriber",
        9: "illegal_subscriber",
        11: "no_texts_on_this_line",
        12: "illegal_phone",
        13: "call_barred",
        21: "no_texts_on_this_line",
        27: "absent_subscriber",
        31: "phone_busy",
        32: "delivery_failed",
        34: "network_failure",
    }
)
_GSM: Final = 3  # network type in network_error_code

# Fields in any order and any case, with or without blanks: `id:`, `sub:`, `submit date:`, `done_date:`, `stat:`, `err:`.
_ID: Final = re.compile(r"\bid\s*[:=]\s*([^\s,;]{1,128})", re.IGNORECASE)
_STAT: Final = re.compile(r"\bstat(?:us)?\s*[:=]\s*([A-Za-z]{4,16})", re.IGNORECASE)
_ERR: Final = re.compile(r"\berr(?:or)?\s*[:=]\s*([0-9A-Za-z_-]{1,16})", re.IGNORECASE)
_DONE: Final = re.compile(r"\bdone[ _]?date\s*[:=]\s*([0-9]{10,14})", re.IGNORECASE)
_TEXT: Final = re.compile(r"\btext\s*[:=].*\Z", re.IGNORECASE | re.DOTALL)
_WHOLE: Final = re.compile(
    r"\s*id\s*[:=]\s*\S+\s.*\bstat(?:us)?\s*[:=]\s*[A-Za-z]{4,16}\b.*\berr(?:or)?\s*[:=]",
    re.IGNORECASE | re.DOTALL,
)


def is_report(message: ShortMessage, *, without_flag: bool = False) -> bool:
    """Whether a deliver_sm reports on a text of ours. With `without_flag`, also by its words alone: some carriers
    leave the flag out. A person could write those words too, and their text would be lost, so it is off.
    """
    kind = message.esm_class & _TYPE
    if kind in {_RECEIPT, _INTERMEDIATE}:
        return True
    if pdu.MESSAGE_STATE in message.tlvs and pdu.RECEIPTED_MESSAGE_ID in message.tlvs:
        return True
    return without_flag and _WHOLE.match(message.content.decode("latin-1")) is not None


def read(message: ShortMessage, *, zone: tzinfo = UTC) -> Report | None:
    """What a report says; None if it does not say what it is about. The parameters go before the text."""
    text = _TEXT.sub("", message.content.decode("latin-1")) if message.content else ""
    if text.count("\0") * 3 > len(text):  # in UCS-2, as some carriers write even this
        text = text.replace("\0", "")
    found = pdu.RECEIPTED_MESSAGE_ID in message.tlvs
    by_parameter = message.tlvs.get(pdu.RECEIPTED_MESSAGE_ID, b"").split(b"\0")[0].decode("latin-1").strip()
    by_text = _first(_ID, text)
    written = by_parameter if found and by_parameter else by_text
    if not written:
        return None
    return Report(
        id=written,
        state=ReportState.UNKNOWN if _is_unreadable(message, text) else _state(message, text),
        error=_error(message, text),
        done_at=_date(_first(_DONE, text), zone),
    )


def _is_unreadable(message: ShortMessage, text: str) -> bool:
    word = _first(_STAT, text)
    if message.tlvs.get(pdu.MESSAGE_STATE):
        return message.tlvs[pdu.MESSAGE_STATE][0] not in _BY_NUMBER
    return word is None or word.upper() not in _STATES


def _state(message: ShortMessage, text: str) -> ReportState | None:
    if message.esm_class & _TYPE == _INTERMEDIATE:
        return None
    if number := message.tlvs.get(pdu.MESSAGE_STATE):
        return _BY_NUMBER[number[0]]
    return _STATES[(_first(_STAT, text) or "").upper()]


def _error(message: ShortMessage, text: str) -> str | None:
    network = message.tlvs.get(pdu.NETWORK_ERROR_CODE, b"")
    if len(network) == 3 and any(network[1:]):
        cause = int.from_bytes(network[1:], "big")
        if network[0] == _GSM and cause in _GSM_CAUSES:
            return _GSM_CAUSES[cause]
        return f"{network[0]}-{cause}"
    written = _first(_ERR, text)
    return None if written is None or not written.strip("0") else written


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group(1) if match else None


def _date(written: str | None, zone: tzinfo) -> datetime | None:
    """YYMMDDhhmm, with seconds, or with the century; None for what is no moment."""
    if written is None:
        return None
    for form, length in (("%y%m%d%H%M", 10), ("%y%m%d%H%M%S", 12), ("%Y%m%d%H%M%S", 14), ("%Y%m%d%H%M", 12)):
        if len(written) != length:
            continue
        try:
            return datetime.strptime(written, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


_CLOCKS_DIFFER: Final = timedelta(hours=26)
_OLD: Final = timedelta(days=30)


def moment(report: Report, now: datetime) -> datetime:
    """When it happened: as the carrier says, unless that cannot be; a clock in another zone must not mislead."""
    done = report.done_at
    if done is None or done - now > _CLOCKS_DIFFER or now - done > _OLD:
        return now
    return min(done, now).astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDialect:
    """How one account's carrier reports."""

    id_form: IdForm = IdForm.AS_IS
    zone: tzinfo = UTC  # of the times in its texts
    without_flag: bool = False
    errors: Mapping[str, str] = field(
        default_factory=dict
    )  # its codes to ours, as in {"027": "absent_subscriber"}
