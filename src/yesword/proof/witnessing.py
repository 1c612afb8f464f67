"""Asking a witness to cosign a checkpoint of ours: the client of c2sp.org/tlog-witness.

A witness that has seen a larger log than ours, or another, is how a store that was rolled back finds out: those two
answers are alarms. Nothing is kept here: whoever asks keeps the lines and the sizes.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import ClassVar, Final
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from yesword.domain.errors import YeswordError
from yesword.ledger.add_checkpoint import PATH, SIZE_TYPE, AddCheckpoint, write_request
from yesword.ledger.checkpoint import (
    MalformedCheckpointError,
    read_checkpoint,
    read_decimal,
    read_note,
    read_signatures,
)
from yesword.ledger.cosignature import FalseCosignatureError, WitnessKey, verified

TIMEOUT_S: Final = 10.0
MAX_ANSWER_BYTES: Final = 1 << 16

_CHUNK_BYTES: Final = 8192
_REASONS: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "it does not understand the request",
    HTTPStatus.FORBIDDEN: "it holds another key for this log than the one that signed",
    HTTPStatus.NOT_FOUND: "it does not watch this log",
}


class BadWitnessAddressError(YeswordError):
    """The witness {name} cannot be asked: its address is not one that begins with https:// or http://. Correct it."""

    code = "witness_address_bad"


class WitnessError(YeswordError):
    """A witness did not cosign."""

    is_alarm: ClassVar[bool] = False
    """Whether our own log is in doubt. Then nothing more may be signed before a person has looked."""


class WitnessUnreachableError(WitnessError):
    """The witness {name} gave no answer: {reason}. It is asked again later; nothing else waits for it."""

    code = "witness_unreachable"


class WitnessRefusedError(WitnessError):
    """The witness {name} refused with status {status}: {reason}. Ask its operator."""

    code = "witness_refused"


class WitnessAnswerError(WitnessError):
    """The answer of the witness {name} cannot be read: {reason}. Check that its address is that of a witness."""

    code = "witness_answer_malformed"


class WitnessFalseError(WitnessError):
    """The witness {name} answered without a true cosignature: {reason}. Check that its key is the one that its operator publishes."""

    code = "witness_cosignature_false"


class WitnessMovedError(WitnessError):
    """The witness {name} named another size twice: it may be asked about this log from two sides. It is asked again later."""

    code = "witness_moved"


class WitnessAheadError(WitnessError):
    """The witness {name} has seen a log of {size} records, and this one has {ours}. The store was rolled back, or another store signs with the same key: sign nothing more, and restore the newer store."""

    code = "witness_ahead"
    is_alarm = True


class WitnessDisagreesError(WitnessError):
    """The witness {name} has seen a log of {size} records that this one does not continue. The store was rolled back and went on differently, or its past was changed: sign nothing more, and find the store that the witness saw."""

    code = "witness_disagrees"
    is_alarm = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    content_type: str  # with what may follow the type
    body: bytes


Post = Callable[[str, bytes], Answer]
"""Sends a body to a URL. Raises OSError when no answer came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    key: WitnessKey
    url: str  # its submission prefix

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            is_web = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_web = False
        if not is_web or not self.url.isascii() or not self.url.isprintable() or " " in self.url:
            raise BadWitnessAddressError(name=self.key.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    lines: str = ""  # verified, to be put under the checkpoint with `add_cosignatures`
    at: datetime | None = None  # UTC, of the first of the lines
    witness_size: int | None = None  # what the witness cosigned last, as far as it told
    failure: WitnessError | None = None


def ask(
    witness: Witness,
    checkpoint_note: str,
    consistency: Callable[[int], Sequence[bytes]],
    known_size: int,
    post: Post,
) -> Asked:
    """Ask for a cosignature, and once more if the witness names another size than the one we knew.

    `consistency` gives the proof from an old size, never 0, to the checkpoint's. `known_size` is what the witness
    cosigned last as far as we know, 0 at first. Ask with the newest checkpoint there is: an older one would meet
    a witness that is ahead for no bad reason. Raises MalformedCheckpointError for our own note only.
    """
    name, ours = witness.key.name, read_checkpoint(checkpoint_note).size
    old = known_size
    for _ in range(2):
        if old > ours:
            return Asked(witness_size=old, failure=WitnessAheadError(name=name, size=old, ours=ours))
        proof = tuple(consistency(old)) if 0 < old < ours else ()
        request = AddCheckpoint(old_size=old, proof=proof, checkpoint=checkpoint_note)
        try:
            answer = post(witness.url.rstrip("/") + PATH, write_request(request))
        except OSError as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            return Asked(failure=WitnessUnreachableError(name=name, reason=reason))
        if answer.status != HTTPStatus.CONFLICT:
            return _read_answer(witness.key, checkpoint_note, answer, old, ours)
        told = _told_size(answer)
        if old == ours and told in (None, old):
            # Witnesses of an earlier protocol say so when they hold another root for the same size.
            return Asked(witness_size=old, failure=WitnessDisagreesError(name=name, size=old))
        if told is None or told == old:
            return Asked(failure=WitnessAnswerError(name=name, reason="a conflict without another size"))
        old = told
    if old > ours:
        return Asked(witness_size=old, failure=WitnessAheadError(name=name, size=old, ours=ours))
    return Asked(witness_size=old, failure=WitnessMovedError(name=name))


def _told_size(answer: Answer) -> int | None:
    if answer.content_type.partition(";")[0].strip().lower() != SIZE_TYPE:
        return None
    try:
        return read_decimal(answer.body.decode("ascii").removesuffix("\n"))
    except ValueError:
        return None


def _read_answer(key: WitnessKey, note: str, answer: Answer, old: int, ours: int) -> Asked:
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and old:
        return Asked(witness_size=old, failure=WitnessDisagreesError(name=key.name, size=old))
    if answer.status != HTTPStatus.OK:
        reason = _REASONS.get(answer.status, "the protocol gives no reason for it")
        return Asked(failure=WitnessRefusedError(name=key.name, status=answer.status, reason=reason))
    try:
        # Never read as one text with the checkpoint: an empty line in the answer would change what was signed.
        signatures = read_signatures(answer.body.decode())
        found = verified(read_note(note).text, signatures, [key])
    except (UnicodeDecodeError, MalformedCheckpointError):
        return Asked(failure=WitnessAnswerError(name=key.name, reason="it is not lines of signatures"))
    except FalseCosignatureError as error:
        return Asked(failure=WitnessFalseError(name=key.name, reason=error.fields["reason"]))
    if not found:
        return Asked(failure=WitnessFalseError(name=key.name, reason="none of its lines is by its key"))
    return Asked(
        lines="".join(item.line for item in found), at=min(item.at for item in found), witness_size=ours
    )


def post_over_http(url: str, body: bytes) -> Answer:
    """The real port: 10 seconds, no redirect followed, and no more read than a witness has to say."""
    # No handler of errors or redirects: every status comes back as an answer.
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    request = Request(url, data=body, method="POST", headers={"Content-Type": "text/plain"})  # noqa: S310 - `Witness` looked at the scheme
    until = time.monotonic() + TIMEOUT_S
    try:
        with closing(opener.open(request, timeout=TIMEOUT_S)) as response:
            return Answer(
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
                body=_read_capped(response, until),
            )
    except (HTTPException, UnicodeError) as error:
        raise ConnectionError(f"no answer in HTTP ({type(error).__name__})") from error


def _read_capped(response: HTTPResponse, until: float) -> bytes:
    body = b""
    while chunk := response.read1(_CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ConnectionError(f"its answer is longer than {MAX_ANSWER_BYTES} bytes")
        if time.monotonic() > until:  # the time-out of the socket starts anew with every byte
            raise TimeoutError(f"its answer took longer than {TIMEOUT_S:.0f} seconds")
    return body
