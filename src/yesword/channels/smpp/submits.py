"""From a text on its way out to the bodies of its submits. What does not change between two texts is made once."""

import itertools
from typing import Final

from yesword.channels.ports import HandOver
from yesword.channels.smpp import pdu
from yesword.channels.smpp.account import SmppAccount
from yesword.channels.smpp.alphabets import Alphabet, UnencodableError, encode_gsm7
from yesword.channels.smpp.parts import Part, parts_of

_MOST_SENDERS: Final = 1_000


class Submits:
    def __init__(self, account: SmppAccount) -> None:
        self._account = account
        self._rules = account.addresses
        self._starts: dict[str, bytes] = {}  # of a body, by sender
        self._references = itertools.count(1)
        kind = account.addresses.international
        self._to_number = bytes((kind.ton, kind.npi)) + (b"+" if account.addresses.keeps_plus else b"")
        self._validity = pdu.cstring(account.validity)
        self._reports = account.registered_delivery
        self._is_plain = account.alphabet is Alphabet.GSM_7 and account.reference_tag is None
        self._plain_middle = b"\0\0\0\0" + self._validity + bytes((self._reports, 0, account.codings.gsm7, 0))

    def bodies(self, handover: HandOver) -> tuple[bytes, ...]:
        """One body for each part. A report is asked for with the last: one text has one id, and that is it.

        Raises TooLongError.
        """
        if self._is_plain:
            try:
                septets = encode_gsm7(handover.text)
            except UnencodableError:
                pass
            else:
                if len(septets) <= 160:
                    return (
                        b"".join(
                            (
                                self._addresses(handover),
                                self._plain_middle,
                                bytes((len(septets),)),
                                septets,
                            )
                        ),
                    )
        return self._any(handover)

    def _any(self, handover: HandOver) -> tuple[bytes, ...]:
        account = self._account
        parts = parts_of(
            handover.text,
            alphabet=account.alphabet,
            long_texts=account.long_texts,
            reference=next(self._references),
            codings=account.codings,
        )
        addresses = self._addresses(handover)
        own = b""
        if account.reference_tag is not None:
            own = pdu.tlv(account.reference_tag, str(handover.message_id).encode("ascii"))
        last = len(parts) - 1
        return tuple(
            self._body(addresses, part, self._reports if index == last else 0) + own
            for index, part in enumerate(parts)
        )

    def _body(self, addresses: bytes, part: Part, reports: int) -> bytes:
        return b"".join(
            (
                addresses,
                bytes((part.esm_class, 0, 0, 0)),
                self._validity,
                bytes((reports, 0, part.data_coding, 0, len(part.content))),
                part.content,
                part.tlvs,
            )
        )

    def _addresses(self, handover: HandOver) -> bytes:
        number = handover.number
        start = self._starts.get(handover.sender) or self._start(handover.sender)
        if number[:1] == "+" and number[1:].isdigit() and number.isascii():
            return start + self._to_number + number[1:].encode("ascii") + b"\0"
        to = self._rules.address(number)
        return start + bytes((to.ton, to.npi)) + pdu.cstring(to.digits)

    def _start(self, sender: str) -> bytes:
        """The empty service type and the sender."""
        if len(self._starts) >= _MOST_SENDERS:
            self._starts.clear()
        source = self._rules.address(sender)
        start = b"\0" + bytes((source.ton, source.npi)) + pdu.cstring(source.digits)
        self._starts[sender] = start
        return start
