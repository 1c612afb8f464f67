"""What a carrier brings over SMPP: texts, parts of texts and delivery reports, acknowledged only when they are safe.

The answer to a deliver_sm is written after the handler said that it has the item, for a batch at once. What it could
not take is answered with "temporary error", never with success, and comes again.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from yesword.channels.ports import DeliveryReport, Handler, InboundItem, InboundText
from yesword.channels.smpp import parts, pdu, reports, status
from yesword.channels.smpp.account import Binding, BindKind, SmppAccount
from yesword.channels.smpp.alphabets import decode
from yesword.channels.smpp.binds import Binds
from yesword.channels.smpp.identity import Identities
from yesword.channels.smpp.meanings import meaning_of
from yesword.channels.smpp.parts import KeptPart, PartKey, PartsKeeping
from yesword.channels.smpp.pdu import Frame, PduError, ShortMessage
from yesword.channels.smpp.session import Session, answer_to
from yesword.channels.smpp.waiting import Waiting
from yesword.domain.phone import telling_digits
from yesword.domain.understanding import is_opt_out
from yesword.domain.understanding.normalise import normalise

log = structlog.get_logger("yesword.smpp")

_STOP_SEEN_WITHIN_S: Final = 0.05
_READ: Final = 500
_MOST_WAITING: Final = 2_000  # then nothing more is read until some of it is taken
_LATE_PARTS_EVERY: Final = timedelta(seconds=30)

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, eq=False)
class _Brought:
    """A frame and what becomes of it."""

    session: Session
    frame: Frame
    item: InboundItem | None = None  # for the handler
    part: KeptPart | None = None  # to be kept until the others come
    completes: PartKey | None = None  # the parts to forget when the item is taken
    answer: int = status.ROK
    identity: str = ""  # of the frame's own text


class SmppReceiver:
    def __init__(
        self,
        account: SmppAccount,
        *,
        keeping: PartsKeeping,
        binds: Binds | None = None,
        clock: Clock = _utc_now,
    ) -> None:
        """`keeping` outlives the process; `binds` are those of the account's channel, where both share transceivers."""
        self._account = account
        self._keeping = keeping
        self._clock = clock
        kind = BindKind.RECEIVER if account.binding is Binding.PAIRS else BindKind.TRANSCEIVER
        self._binds = binds or Binds(account, kind)
        self._identities = Identities()
        self._waiting = Waiting[_Brought](_number_of, _is_urgent)

    @property
    def is_listening(self) -> bool:
        return self._binds.is_up

    def run(self, handler: Handler, stop: threading.Event) -> None:
        """As the port says. A sign-in that is refused is tried again, slowly: the carrier may mend it."""
        self._binds.listen(is_on=True)
        late_parts_at = self._clock()  # of texts that were begun before we were
        try:
            while not stop.is_set():
                self._binds.round(0 if self._waiting else _STOP_SEEN_WITHIN_S)
                if len(self._waiting) < _MOST_WAITING and (frames := self._binds.inbound(_READ)):
                    self._bring(frames)
                if self._waiting:
                    self._take(self._waiting.next(), handler)
                while (
                    self._waiting.has_urgent
                ):  # before anything else is read, for parts of some are still kept
                    self._take(self._waiting.next(), handler)
                if self._clock() >= late_parts_at:
                    self._hand_on_late(handler)
                    late_parts_at = self._clock() + _LATE_PARTS_EVERY
        finally:
            self._binds.listen(is_on=False)
            self._binds.close()  # what was brought and not answered is brought again

    def _bring(self, frames: Sequence[tuple[Session, Frame]]) -> None:
        """Read them; what the handler has to take waits for it, and what it has not is answered."""
        brought = self._read(frames)
        self._keep([each for each in brought if each.part is not None])
        self._answer([each for each in brought if each.item is None])
        self._waiting.add(each for each in brought if each.item is not None)

    def _take(self, brought: Sequence[_Brought], handler: Handler) -> None:
        verdicts = handler([each.item for each in brought if each.item is not None])
        assert len(verdicts) == len(brought), "one answer for each item"
        for each, is_taken in zip(brought, verdicts, strict=True):
            each.answer = status.ROK if is_taken else status.RX_T_APPN
        self._answer(brought)
        done = [each.completes for each in brought if each.completes and each.answer == status.ROK]
        if done:
            self._forget(done)

    def _read(self, frames: Sequence[tuple[Session, Frame]]) -> list[_Brought]:
        open_parts: dict[PartKey, list[KeptPart]] = {}
        brought = []
        for session, frame in frames:
            each = _Brought(session=session, frame=frame)
            brought.append(each)
            try:
                message = (
                    pdu.read_data(frame[3]) if frame[0] == pdu.DATA_SM else pdu.read_short_message(frame[3])
                )
            except PduError as error:
                log.error("smpp_inbound_unreadable", account=self._account.name, reason=error.message)  # noqa: TRY400 - the sentence says it all
                each.answer = status.RINVMSGLEN
                continue
            if reports.is_report(message, without_flag=self._account.dialect.without_flag):
                each.item = self._report(message)
            else:
                self._sort_text(each, message, open_parts)
        return brought

    def _report(self, message: ShortMessage) -> DeliveryReport | None:
        """None for what changes nothing: a report on the way, or one that names no message."""
        dialect = self._account.dialect
        report = reports.read(message, zone=dialect.zone)
        if report is None:
            log.warning("smpp_report_unreadable", account=self._account.name)
            return None
        if report.state is None:
            return None
        error = None if report.error is None else dialect.errors.get(report.error, report.error)
        return DeliveryReport(
            account=self._account.name,
            provider_id=reports.reported_id(report.id, dialect.id_form),
            message_id=_reference(message, self._account.reference_tag),
            state=report.state,
            error_code=error,
            meaning=meaning_of(error),
            at=reports.moment(report, self._clock()),
        )

    def _sort_text(
        self,
        each: _Brought,
        message: ShortMessage,
        open_parts: dict[PartKey, list[KeptPart]],
    ) -> None:
        account = self._account
        content = parts.content_of(message)
        text = decode(content.octets, message.data_coding, account.alphabet, fill_bits=content.fill_bits)
        number = account.addresses.number(message.source_ton, message.source)
        to_address = account.addresses.own(message.destination_ton, message.destination)
        provider_id = _own_id(message, account.inbound_id_tag) or self._identities.id_of(
            message, each.session
        )
        each.identity = provider_id
        at = self._clock()
        if content.place is None:
            each.item = InboundText(
                account=account.name,
                provider_id=provider_id,
                sender_number=number,
                to_address=to_address,
                text=text,
                received_at=at,
            )
            return
        key = PartKey(
            account=account.name,
            number=number,
            to_address=to_address,
            reference=content.place.reference,
            total=content.place.total,
        )
        part = KeptPart(key=key, number=content.place.number, text=text, provider_id=provider_id, at=at)
        if key not in open_parts:
            try:
                open_parts[key] = list(self._keeping.kept(key))
            except Exception:
                log.exception("smpp_parts_not_read", account=account.name)
                each.answer = status.RX_T_APPN
                return
        kept = open_parts[key]
        whole = parts.assemble(kept, part)
        if whole is None:
            each.part = part
            kept[:] = parts.current(kept, part)
        else:
            each.item, each.completes = self._text(whole), key
            kept.clear()

    def _text(self, whole: parts.Whole) -> InboundText:
        return InboundText(
            account=whole.key.account,
            provider_id=whole.provider_id,
            sender_number=whole.key.number,
            to_address=whole.key.to_address,
            text=whole.text,
            received_at=whole.at,
        )

    def _keep(self, brought: Sequence[_Brought]) -> None:
        if not brought:
            return
        try:
            self._keeping.keep([each.part for each in brought if each.part is not None])
        except Exception:
            log.exception("smpp_parts_not_kept", account=self._account.name)
            for each in brought:
                each.answer = status.RX_T_APPN

    def _answer(self, brought: Sequence[_Brought]) -> None:
        answers: dict[int, tuple[Session, list[bytes]]] = {}
        for each in brought:
            answers.setdefault(id(each.session), (each.session, []))[1].append(
                answer_to(each.frame, each.answer)
            )
        for session, frames in answers.values():
            session.control(b"".join(frames))
        for each in brought:
            own = [each.item.provider_id] if isinstance(each.item, InboundText) else []
            for identity in (each.identity, *own):
                if each.answer == status.ROK and each.session.lost is None:
                    self._identities.acknowledged(identity)
                else:
                    self._identities.refused(identity, each.session)

    def _hand_on_late(self, handler: Handler) -> None:
        """What came of texts whose rest did not: it may hold a stop."""
        for key, text in self._late():
            if all(handler([text])):
                self._forget([key])

    def _late(self) -> list[tuple[PartKey, InboundText]]:
        try:
            keys = self._keeping.older_than(self._account.name, self._clock() - parts.WAIT_FOR_PARTS)
            found = [(key, self._keeping.kept(key)) for key in keys]
        except Exception:
            log.exception("smpp_parts_not_read", account=self._account.name)
            return []
        return [(key, self._text(parts.joined(kept))) for key, kept in found if kept]

    def _forget(self, keys: Sequence[PartKey]) -> None:
        try:
            self._keeping.forget(keys)
        except Exception:
            # They come up once more as a text whose rest never came, which is then known by its id.
            log.exception("smpp_parts_not_forgotten", account=self._account.name)


def _number_of(brought: _Brought) -> str | None:
    return telling_digits(brought.item.sender_number) if isinstance(brought.item, InboundText) else None


def _is_urgent(brought: _Brought) -> bool:
    """A stop; and a text whose parts are still kept, before more parts of the same name come."""
    if brought.completes is not None:
        return True
    return isinstance(brought.item, InboundText) and is_opt_out(normalise(brought.item.text).words)


def _own_id(message: ShortMessage, tag: int | None) -> str:
    if tag is None:
        return ""
    return message.tlvs.get(tag, b"").split(b"\0")[0].decode("latin-1").strip()


def _reference(message: ShortMessage, tag: int | None) -> int | None:
    written = _own_id(message, tag)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None
