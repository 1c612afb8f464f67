"""The events that a pack shows: that each presentation, its entry and its proof belong together, and to the log."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.entry import SectionValue
from yesword.ledger.packs.desk import Desk
from yesword.ledger.packs.findings import Check, MissingPackFileError, ShownEvent
from yesword.ledger.packs.heights import Heights, bracket_of, check_note
from yesword.ledger.presentation import TYPE, Presented, verify_presentation
from yesword.ledger.proof import read_proof, verify_path

_PRESENTATION: Final = ".sdjwt"


def look(desk: Desk, seen: Heights) -> tuple[ShownEvent, ...]:
    """Those that hold, in the order of the log."""
    shown: dict[int, ShownEvent] = {}
    used: set[str] = set()
    for path, name, _ in desk.within("presentations"):
        try:
            presented = _presented(desk, path, name)
        except YeswordError as error:
            desk.fail(Check.PRESENTATIONS, path, error)
            continue
        except _WrongError as error:
            desk.fail(Check.PRESENTATIONS, path, str(error))
            continue
        index = presented.index
        if index in shown:
            desk.fail(Check.PRESENTATIONS, path, f"record {index} is shown already")
            continue
        entry, proof = f"entries/{index}.bin", f"proofs/{index}.tlog-proof"
        used |= {entry, proof}
        if desk.files.get(entry) != presented.entry:
            desk.fail(Check.PRESENTATIONS, entry, "it is not the entry that the presentation is of")
        shown[index] = ShownEvent(
            id=name.removesuffix(_PRESENTATION),
            index=index,
            leaf_hash=presented.leaf_hash,
            sections=presented.sections,
            bracket=bracket_of(seen, index),
        )
        _look_at_proof(desk, seen, proof, presented)
    for folder in ("entries", "proofs"):
        for path, _, _ in desk.within(folder):
            if path not in used:
                desk.fail(Check.PRESENTATIONS, path, "it belongs to no event that is shown")
    if shown:
        desk.hold(Check.PRESENTATIONS, count=len(shown))
    else:
        desk.leave_open(Check.PRESENTATIONS)
    _tell_inclusion(desk, is_any=bool(shown))
    return tuple(shown[index] for index in sorted(shown))


class _WrongError(Exception):
    """What is wrong with a presentation beyond its own form."""


def _presented(desk: Desk, path: str, name: str) -> Presented:
    if not name.endswith(_PRESENTATION):
        raise _WrongError("its name is not that of an event")
    try:
        text = desk.text(path)
    except ValueError as error:
        raise _WrongError("it is not text") from error
    presented = verify_presentation(text, desk.key_for(text.partition("~")[0], TYPE))
    if presented.origin != desk.manifest.checkpoint.origin:
        raise _WrongError(f"it is of the log {presented.origin}")
    extra = [section for section in presented.sections if section not in desk.manifest.disclosed]
    if extra:
        raise _WrongError(f"it shows the section {extra[0]}, and the manifest says that it is not shown")
    event = presented.sections.get("event")
    if event is not None and not (
        isinstance(event, Mapping) and event.get("id") == name.removesuffix(_PRESENTATION)
    ):
        raise _WrongError("it shows another event than its name says")
    subject = presented.sections.get("subject")
    if subject is not None and not (
        isinstance(subject, Mapping) and subject.get("subject_id") == desk.manifest.subject
    ):
        raise _WrongError("it is about another person")
    notice = presented.sections.get("notice")
    if notice is not None and not _is_own_digest(notice):
        raise _WrongError("its wording is not the one of its digest")
    return presented


def _is_own_digest(notice: SectionValue) -> bool:
    if not isinstance(notice, Mapping):
        return False
    text = notice.get("text")
    return isinstance(text, str) and sha256(text.encode()).hexdigest() == notice.get("sha256")


def _look_at_proof(desk: Desk, seen: Heights, path: str, presented: Presented) -> None:
    main = desk.manifest.checkpoint
    try:
        proof = read_proof(desk.text(path))
        if proof.index != presented.index:
            desk.fail(Check.INCLUSION, path, f"it is the proof of record {proof.index}")
            return
        checkpoint = check_note(desk, proof.checkpoint).checkpoint
        if checkpoint != main or main.size not in seen.signed:
            desk.fail(Check.INCLUSION, path, "it is under another checkpoint than the pack's")
            return
        verify_path(proof, main, presented.entry)
    except KeyError:
        desk.fail(Check.INCLUSION, path, MissingPackFileError(file=path))
    except YeswordError as error:
        desk.fail(Check.INCLUSION, path, error)
    except ValueError:
        desk.fail(Check.INCLUSION, path, "it is not text")


def _tell_inclusion(desk: Desk, *, is_any: bool) -> None:
    manifest = desk.manifest
    if is_any:
        desk.hold(Check.INCLUSION, size=manifest.checkpoint.size, origin=manifest.checkpoint.origin)
    if manifest.waiting or not is_any:
        desk.leave_open(Check.INCLUSION, events=", ".join(manifest.waiting) or "nothing")
