"""What a carrier's command_status means: taken, refused, too fast, or not now. A table with a sentence for each.

Source: SMPP 3.4 section 5.1.3. The codes 0x400 to 0x4FF belong to the carriers; an account says what they mean there.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


class Meaning(enum.StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"  # of this text; another may go through
    THROTTLED = "throttled"  # too fast, or a queue is full: not taken
    TEMPORARY = "temporary"  # not taken now, for a reason of the carrier's own
    SIGN_IN = "sign_in"  # the bind will fail again until somebody changes the account


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    number: int
    name: str  # as in the specification
    code: str  # ours, the same for every channel
    meaning: Meaning
    sentence: str

    def __str__(self) -> str:
        return f"{self.name} (0x{self.number:08X}): {self.sentence}"


ROK: Final = 0x00
RINVMSGLEN: Final = 0x01
RINVCMDID: Final = 0x03
RINVBNDSTS: Final = 0x04
RALYBND: Final = 0x05
RSYSERR: Final = 0x08
RINVSRCADR: Final = 0x0A
RINVDSTADR: Final = 0x0B
RBINDFAIL: Final = 0x0D
RINVPASWD: Final = 0x0E
RINVSYSID: Final = 0x0F
RMSGQFUL: Final = 0x14
RSUBMITFAIL: Final = 0x45
RTHROTTLED: Final = 0x58
RX_T_APPN: Final = 0x64
RX_P_APPN: Final = 0x65

_REFUSED, _SIGN_IN = Meaning.REFUSED, Meaning.SIGN_IN

_ROWS: Final = (
    (ROK, "ESME_ROK", "ok", Meaning.TAKEN, "The carrier took it."),
    (RINVMSGLEN, "ESME_RINVMSGLEN", "too_long", _REFUSED, "The carrier finds the text too long."),
    (0x02, "ESME_RINVCMDLEN", "bad_request", _REFUSED, "The carrier could not read the length of the request."),
    (RINVCMDID, "ESME_RINVCMDID", "bad_request", _REFUSED, "The carrier does not know this request."),
    (RINVBNDSTS, "ESME_RINVBNDSTS", "wrong_bind", Meaning.TEMPORARY, "This bind may not do that. Check the account's kind of bind."),
    (RALYBND, "ESME_RALYBND", "already_bound", Meaning.TEMPORARY, "The carrier counts this account as bound already. Check that its number of binds is allowed."),
    (0x06, "ESME_RINVPRTFLG", "bad_request", _REFUSED, "The carrier does not take this priority."),
    (0x07, "ESME_RINVREGDLVFLG", "bad_request", _REFUSED, "The carrier does not give delivery reports as asked. Change the account's wish for reports."),
    (RSYSERR, "ESME_RSYSERR", "carrier_error", Meaning.TEMPORARY, "The carrier has a fault of its own."),
    (RINVSRCADR, "ESME_RINVSRCADR", "invalid_sender", _REFUSED, "The carrier does not let this sender send."),
    (RINVDSTADR, "ESME_RINVDSTADR", "invalid_number", _REFUSED, "The carrier does not take this number."),
    (0x0C, "ESME_RINVMSGID", "unknown_message", _REFUSED, "The carrier does not know this message."),
    (RBINDFAIL, "ESME_RBINDFAIL", "sign_in_refused", _SIGN_IN, "The carrier refused the sign-in."),
    (RINVPASWD, "ESME_RINVPASWD", "sign_in_refused", _SIGN_IN, "The carrier says that the password is wrong."),
    (RINVSYSID, "ESME_RINVSYSID", "sign_in_refused", _SIGN_IN, "The carrier does not know this system id."),
    (0x11, "ESME_RCANCELFAIL", "bad_request", _REFUSED, "The carrier could not cancel the message."),
    (0x13, "ESME_RREPLACEFAIL", "bad_request", _REFUSED, "The carrier could not replace the message."),
    (RMSGQFUL, "ESME_RMSGQFUL", "throttled", Meaning.THROTTLED, "The carrier's queue for this account is full."),
    (0x15, "ESME_RINVSERTYP", "bad_request", _REFUSED, "The carrier does not know this type of service."),
    (0x33, "ESME_RINVNUMDESTS", "bad_request", _REFUSED, "The carrier does not take this number of destinations."),
    (0x34, "ESME_RINVDLNAME", "bad_request", _REFUSED, "The carrier does not know this distribution list."),
    (0x40, "ESME_RINVDESTFLAG", "bad_request", _REFUSED, "The carrier does not take this kind of destination."),
    (0x42, "ESME_RINVSUBREP", "bad_request", _REFUSED, "The carrier does not replace messages."),
    (0x43, "ESME_RINVESMCLASS", "bad_request", _REFUSED, "The carrier does not take long texts in this way. Change how the account sends them."),
    (0x44, "ESME_RCNTSUBDL", "bad_request", _REFUSED, "The carrier cannot send to this distribution list."),
    (RSUBMITFAIL, "ESME_RSUBMITFAIL", "submit_failed", _REFUSED, "The carrier would not take the text and gives no reason."),
    (0x48, "ESME_RINVSRCTON", "invalid_sender", _REFUSED, "The carrier does not take this type of sender. Check the account's rules for addresses."),
    (0x49, "ESME_RINVSRCNPI", "invalid_sender", _REFUSED, "The carrier does not take this numbering plan of the sender. Check the account's rules for addresses."),
    (0x50, "ESME_RINVDSTTON", "invalid_number", _REFUSED, "The carrier does not take this type of number. Check the account's rules for addresses."),
    (0x51, "ESME_RINVDSTNPI", "invalid_number", _REFUSED, "The carrier does not take this numbering plan of the number. Check the account's rules for addresses."),
    (0x53, "ESME_RINVSYSTYP", "sign_in_refused", _SIGN_IN, "The carrier does not take this system type."),
    (0x54, "ESME_RINVREPFLAG", "bad_request", _REFUSED, "The carrier does not replace messages."),
    (0x55, "ESME_RINVNUMMSGS", "bad_request", _REFUSED, "The carrier does not take this number of messages."),
    (RTHROTTLED, "ESME_RTHROTTLED", "throttled", Meaning.THROTTLED, "The carrier is given texts faster than it allows."),
    (0x61, "ESME_RINVSCHED", "bad_request", _REFUSED, "The carrier does not take this time to send at."),
    (0x62, "ESME_RINVEXPIRY", "bad_request", _REFUSED, "The carrier does not take this time to live. Change the account's validity."),
    (0x63, "ESME_RINVDFTMSGID", "bad_request", _REFUSED, "The carrier does not know this predefined text."),
    (RX_T_APPN, "ESME_RX_T_APPN", "carrier_error", Meaning.TEMPORARY, "The carrier cannot take it now."),
    (RX_P_APPN, "ESME_RX_P_APPN", "rejected", _REFUSED, "The carrier will not take it."),
    (0x66, "ESME_RX_R_APPN", "rejected", _REFUSED, "The carrier rejected it."),
    (0x67, "ESME_RQUERYFAIL", "query_failed", _REFUSED, "The carrier could not look the message up."),
    (0xC0, "ESME_RINVOPTPARSTREAM", "bad_request", _REFUSED, "The carrier could not read an optional parameter."),
    (0xC1, "ESME_ROPTPARNOTALLWD", "bad_request", _REFUSED, "The carrier does not allow an optional parameter. Change how the account sends long texts."),
    (0xC2, "ESME_RINVPARLEN", "bad_request", _REFUSED, "The carrier does not take the length of an optional parameter."),
    (0xC3, "ESME_RMISSINGOPTPARAM", "bad_request", _REFUSED, "The carrier misses an optional parameter."),
    (0xC4, "ESME_RINVOPTPARAMVAL", "bad_request", _REFUSED, "The carrier does not take the value of an optional parameter."),
    (0xFE, "ESME_RDELIVERYFAILURE", "undeliverable", _REFUSED, "The carrier could not deliver the text."),
    (0xFF, "ESME_RUNKNOWNERR", "unknown_error", _REFUSED, "The carrier would not take the text and says that it does not know why."),
)  # fmt: skip

STATUSES: Final[Mapping[int, Status]] = MappingProxyType(
    {
        number: Status(number=number, name=name, code=code, meaning=meaning, sentence=sentence)
        for number, name, code, meaning, sentence in _ROWS
    }
)


def status_of(number: int, own_codes: Mapping[int, str] = MappingProxyType({})) -> Status:
    """What a number means; `own_codes` are the account's names for its carrier's own numbers, and go first."""
    if number in own_codes:
        code = own_codes[number]
        meaning = Meaning.THROTTLED if code == "throttled" else Meaning.REFUSED
        return Status(
            number=number,
            name="carrier",
            code=code,
            meaning=meaning,
            sentence="A code of this carrier's own.",
        )
    return STATUSES.get(number) or Status(
        number=number,
        name="carrier",
        code=f"smpp_{number:08x}",
        meaning=Meaning.REFUSED,
        sentence="The carrier refused it with a code that the account does not explain.",
    )
