"""The log as the pack shows it: its checkpoints, that it only grew between them, and who else saw it, and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.bracketing import Bracket, Sighting, bracket
from yesword.ledger.checkpoint import (
    Checkpoint,
    OtherLogError,
    UnsignedCheckpointError,
    VerifierKey,
    from_b64,
    read_note,
    verify_checkpoint,
)
from yesword.ledger.merkle import verify_consistency
from yesword.ledger.packs.desk import Desk
from yesword.ledger.packs.findings import Check, MissingPackFileError, by_other_key, of_other_log
from yesword.ledger.policy import PolicyCheck, check

_CHECKPOINT: Final = re.compile(r"(0|[1-9][0-9]{0,18})\.ckpt")
_NUMBERED: Final = re.compile(r"/[0-9]+\Z")
_CONSISTENCY: Final = re.compile(r"([1-9][0-9]{0,18})-([1-9][0-9]{0,18})\.txt")
_STAMP: Final = re.compile(r"([1-9][0-9]{0,18})(?:\.[1-9][0-9]?)?\.tsr")


@dataclass(kw_only=True, slots=True)
class Heights:
    """What is known of the log at each size. Only what held is in here."""

    signed: dict[int, Checkpoint] = field(default_factory=dict)
    linked: set[int] = field(
        default_factory=set
    )  # sizes of trees that the main one continues, itself included
    met: set[int] = field(default_factory=set)  # sizes at which the policy's quorum saw the log
    names: dict[str, None] = field(default_factory=dict)  # of witnesses, in order
    sightings: list[Sighting] = field(default_factory=list)


def look(desk: Desk, *, is_own: bool) -> Heights:
    """`is_own`: the keys are those that the pack brings itself."""
    seen = Heights()
    others = 0
    for path, name, _ in desk.within("checkpoints"):
        checked = _checkpoint(desk, path, name)
        if checked is not None:
            seen.signed[checked.checkpoint.size] = checked.checkpoint
            others += checked.log is not None and checked.log.key in desk.strangers
    main = desk.manifest.checkpoint
    if seen.signed.get(main.size) != main and not desk.has_failed(Check.CHECKPOINTS):
        path = f"checkpoints/{main.size}.ckpt"
        desk.fail(Check.CHECKPOINTS, path, MissingPackFileError(file=path))
    if is_own:
        desk.leave_open(Check.CHECKPOINTS, "unvouched")
    elif others:
        desk.leave_open(Check.CHECKPOINTS, "other_key", count=len(seen.signed), others=others)
    else:
        desk.hold(Check.CHECKPOINTS, count=len(seen.signed))
    _look_at_growth(desk, seen)
    _look_at_witnesses(desk, seen)
    _look_at_stamps(desk, seen)
    return seen


def check_witnesses(desk: Desk, seen: Heights, indexes: Sequence[int]) -> bool:
    """Whether the policy has what it asks for: its witnesses saw the log with all of these records."""
    names = ", ".join(seen.names) or "nobody"
    if desk.policy.quorum is None:
        desk.leave_open(Check.WITNESSES, "not_asked", names=names)
        return True
    reach = max(seen.met & seen.linked, default=0)
    if indexes and max(indexes) < reach:
        desk.hold(Check.WITNESSES, names=names)
        return True
    desk.leave_open(Check.WITNESSES, names=names)
    return False


def bracket_of(seen: Heights, index: int) -> Bracket:
    return bracket(index, (each for each in seen.sightings if each.size in seen.linked))


def tell_of_other_keys(desk: Desk, seen: Heights) -> None:
    """Where keys of the log were met that the policy does not have: say so, and what in the pack points to a change of them."""
    origin = desk.manifest.checkpoint.origin
    signed = ", ".join(key.key_id.hex() for key in desk.met)
    logs = [log.key for log in desk.policy.logs if log.key not in desk.strangers]
    known = [key for key in logs if key.name == origin]
    if known:
        keys = ", ".join(key.key_id.hex() for key in known)
        finding = by_other_key(
            signed=signed, origin=origin, known=keys, handing=_handing_on(desk, seen, known)
        )
    else:
        names = ", ".join(dict.fromkeys(key.name for key in logs)) or "no log"
        finding = of_other_log(signed=signed, origin=origin, known=names)
    desk.findings.append(finding)
    is_ours = _is_linked(desk, seen, known) if known else any(_is_continued(origin, key.name) for key in logs)
    if not is_ours and not desk.has_failed(Check.CHECKPOINTS):
        desk.fail(Check.CHECKPOINTS, f"checkpoints/{desk.manifest.checkpoint.size}.ckpt", finding.sentence)


def _is_linked(desk: Desk, seen: Heights, known: Sequence[VerifierKey]) -> bool:
    """Whether anything in the pack is signed by a key of the log that was brought: where nothing is, it is somebody else's."""
    notes = [desk.files[f"checkpoints/{size}.ckpt"] for size in seen.signed]
    return any(key in desk.signers or any(_is_signed(note, key) for note in notes) for key in known)


def _is_continued(origin: str, known: str) -> bool:
    """Whether one log may go on where the other was given up: a brand's logs have one name, but for their number."""
    return _NUMBERED.sub("", origin) == _NUMBERED.sub("", known)


def _handing_on(desk: Desk, seen: Heights, known: Sequence[VerifierKey]) -> tuple[int, ...]:
    """The sizes of the checkpoints that lead from a known key, by one that signed together with it, to all that were met."""
    reached, sizes = set(known), []
    for size in sorted(seen.signed):
        note = desk.files[f"checkpoints/{size}.ckpt"]
        signers = {key for key in (*known, *desk.strangers) if _is_signed(note, key)}
        if signers & reached and signers - reached:
            reached |= signers
            sizes.append(size)
    return tuple(sizes) if desk.met.keys() <= reached else ()


def _is_signed(note: bytes, key: VerifierKey) -> bool:
    try:
        verify_checkpoint(note.decode(), key)
    except (YeswordError, ValueError):
        return False
    return True


def check_note(desk: Desk, note: str) -> PolicyCheck:
    """A checkpoint of this log, by its key. Raises an error of ours otherwise."""
    checked = check(desk.policy, note)
    origin = desk.manifest.checkpoint.origin
    if checked.checkpoint.origin != origin:
        raise OtherLogError(origin=checked.checkpoint.origin, name=origin)
    if checked.log is None:
        raise UnsignedCheckpointError(name=origin)
    desk.meet(checked.log.key)
    return checked


def _checkpoint(desk: Desk, path: str, name: str, of: Check = Check.CHECKPOINTS) -> PolicyCheck | None:
    found = _CHECKPOINT.fullmatch(name)
    if found is None:
        desk.fail(of, path, "its name is not the size of a log")
        return None
    try:
        checked = check_note(desk, desk.text(path))
    except YeswordError as error:
        desk.fail(of, path, error)
    except ValueError:
        desk.fail(of, path, "it is not text")
    else:
        if checked.checkpoint.size == int(found[1]):
            return checked
        desk.fail(of, path, f"it is of a log of {checked.checkpoint.size} records")
    return None


def _look_at_growth(desk: Desk, seen: Heights) -> None:
    main = desk.manifest.checkpoint
    seen.linked = {main.size} & seen.signed.keys()
    others = {size: item for size, item in seen.signed.items() if size != main.size}
    wanted = {f"consistency/{size}-{main.size}.txt": size for size in others if size < main.size}
    for size in others:
        if size > main.size:
            desk.fail(Check.CONSISTENCY, f"checkpoints/{size}.ckpt", "it is newer than what the pack shows")
    for path, name, _ in desk.within("consistency"):
        if not _CONSISTENCY.fullmatch(name) or path not in wanted:
            desk.fail(Check.CONSISTENCY, path, "it is between no two checkpoints of the pack")
    for path, size in wanted.items():
        try:
            verify_consistency(
                old_size=size,
                new_size=main.size,
                path=_read_path(desk.text(path)),
                old_root=others[size].root,
                new_root=main.root,
            )
        except KeyError:
            desk.fail(Check.CONSISTENCY, path, MissingPackFileError(file=path))
        except YeswordError as error:
            desk.fail(Check.CONSISTENCY, path, error)
        except ValueError:
            desk.fail(Check.CONSISTENCY, path, "it is not lines of base64")
        else:
            seen.linked.add(size)
    desk.hold(Check.CONSISTENCY, "" if others else "one", count=len(others) + 1)


def _look_at_witnesses(desk: Desk, seen: Heights) -> None:
    for path, name, _ in desk.within("witnesses"):
        checked = _checkpoint(desk, path, name, Check.WITNESSES)
        if checked is None:
            continue
        size = checked.checkpoint.size
        if size not in seen.signed or read_note(desk.text(path)).text != seen.signed[size].text:
            desk.fail(Check.WITNESSES, path, "it is of another checkpoint than the pack's own of that size")
            continue
        if checked.is_quorum_met and desk.policy.quorum is not None:
            seen.met.add(size)
        for each in checked.witnessed:
            seen.names[each.name] = None
            seen.sightings.append(Sighting(size=size, at=each.at, by=each.name))


def _look_at_stamps(desk: Desk, seen: Heights) -> None:
    stamps = list(desk.within("time"))
    for path, name, token in stamps:
        found = _STAMP.fullmatch(name)
        data = desk.files.get(f"checkpoints/{found[1]}.ckpt") if found else None
        if found is None or data is None:
            desk.fail(Check.STAMPS, path, "it is of no checkpoint in the pack")
        elif desk.read_stamp is not None:
            try:
                at = desk.read_stamp(token, data)
            except YeswordError as error:
                desk.fail(Check.STAMPS, path, error)
            else:
                seen.sightings.append(Sighting(size=int(found[1]), at=at, by="the timestamp authority"))
    if not stamps:
        desk.hold(Check.STAMPS, "none")
    elif desk.read_stamp is None:
        desk.leave_open(Check.STAMPS, count=len(stamps))
    else:
        desk.hold(Check.STAMPS, count=len(stamps))


def _read_path(text: str) -> tuple[bytes, ...]:
    """The hashes of a consistency file: one a line, in base64, from the old tree's edge upwards. Raises ValueError."""
    if not text:
        return ()
    if not text.endswith("\n"):
        raise ValueError("its last line has no end")
    return tuple(from_b64(line) for line in text[:-1].split("\n"))
