"""What others say of a log's checkpoints: whether it is about them, says what is stored, and is signed by who they say."""

from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import from_micros, to_micros
from yesword.ledger.checkpoint import read_note, read_signatures
from yesword.ledger.cosignature import read_witness_vkey, verified
from yesword.proof.auditing.report import LogAudit, Trust
from yesword.proof.timestamps import told_time, verify_token
from yesword.store import attesters, ledgers
from yesword.store.database import Session
from yesword.store.ledgers import STAMP, WITNESS, Attestation
from yesword.store.misfits import Fault, Misfits, misfit
from yesword.store.opening import Store

_LEAST: Final = -(1 << 63)  # of any size, be it none that a checkpoint can have
_TIME_BYTES: Final = 8  # at the beginning of a cosignature


class AttestationUnfitError(YeswordError):
    """{reason}"""

    code = "ledger_attestation_unfit"


def look_at_attestations(store: Store, log_id: int, log: LogAudit, trust: Trust, misfits: Misfits) -> None:
    with store.database.read() as session:
        for each in ledgers.attestations(session, log_id, _LEAST):
            log.attestations += 1
            try:
                is_verified = _look(session, log_id, each, trust)
            except YeswordError as error:
                misfits.add(
                    misfit(
                        Fault.ATTESTATION_UNFIT,
                        "ledger_attestation",
                        log=log.origin,
                        index=each.size,
                        kind=each.kind,
                        name=each.name,
                        reason=error.message,
                    )
                )
                continue
            log.unverified += not is_verified


def _look(session: Session, log_id: int, each: Attestation, trust: Trust) -> bool:
    """Whether its signature could be verified. Raises YeswordError where anything is wrong with it."""
    head = ledgers.checkpoint(session, log_id, each.size)
    if head is None:
        raise AttestationUnfitError(reason="the checkpoint that it is about is missing.")
    if each.kind == WITNESS:
        at, is_verified = _cosigned(each, head.note, trust)
    elif each.kind == STAMP:
        at, is_verified = _stamped(each, head.note, trust)
    else:
        raise AttestationUnfitError(reason=f"nobody knows what a {each.kind} is.")
    if to_micros(at) != to_micros(each.at):
        raise AttestationUnfitError(reason=f"it is of {_moment(at)}, and is stored as of {_moment(each.at)}.")
    return is_verified


def _cosigned(each: Attestation, note: str, trust: Trust) -> tuple[datetime, bool]:
    try:
        signatures = read_signatures(each.body.decode())
    except UnicodeDecodeError as error:
        raise AttestationUnfitError(reason="it is no line of signatures.") from error
    key = trust.witnesses.get(each.name)
    if key is None:
        seconds = min(int.from_bytes(item.signature[:_TIME_BYTES]) for item in signatures)
        return _from_seconds(seconds), False
    found = verified(read_note(note).text, signatures, [key])
    if len(found) != len(signatures):
        raise AttestationUnfitError(reason="it is not by the key of that witness.")
    return min(item.at for item in found), True


def _stamped(each: Attestation, note: str, trust: Trust) -> tuple[datetime, bool]:
    roots = trust.roots.get(each.name)
    if roots is None:
        return told_time(each.body, note.encode()), False
    return verify_token(each.body, note.encode(), roots), True


def _from_seconds(seconds: int) -> datetime:
    try:
        return from_micros(seconds * 1_000_000)
    except OverflowError as error:
        raise AttestationUnfitError(reason="its time is in no calendar.") from error


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def trusted(misfits: Misfits | None = None) -> Trust:
    """Everybody whom the store knows, also those that are not asked any more. A key that cannot be read is told."""
    witnesses = {}
    for each in attesters.witnesses():
        try:
            witnesses[each.name] = read_witness_vkey(each.vkey)
        except YeswordError as error:
            if misfits is None:
                raise
            misfits.add(misfit(Fault.WITNESS_UNFIT, "store_witness", name=each.name, reason=error.message))
    return Trust(witnesses=witnesses, roots={each.name: each.roots for each in attesters.authorities()})
