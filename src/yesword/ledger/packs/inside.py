"""Packs inside a pack: the earlier records of the same number, of people who were erased and whose proof is kept."""

from collections.abc import Callable, Mapping
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs.desk import Desk
from yesword.ledger.packs.findings import Check, MissingPackFileError, PackCheck
from yesword.ledger.packs.manifest import EarlierPack

FOLDER: Final = "earlier"

CheckOne = Callable[[bytes], PackCheck]


def look(desk: Desk, check_one: CheckOne | None) -> tuple[PackCheck, ...]:
    """`check_one` is None inside such a pack, which may have no other in it."""
    named = {each.file: each for each in desk.manifest.earlier}
    for path, _, _ in desk.within(FOLDER):
        if path not in named:
            desk.fail(Check.EARLIER, path, "the manifest names no earlier record in it")
    found = []
    for path, named_pack in sorted(named.items()):
        if check_one is None:
            desk.fail(Check.EARLIER, path, "it lies in a pack that lies in another")
            continue
        checked = _checked(desk, named_pack, check_one)
        if checked is not None:
            found.append(checked)
    unproven = [each.manifest.id for each in found if each.manifest and each.verdict is not Verdict.PROVEN]
    if unproven:
        desk.leave_open(Check.EARLIER, files=", ".join(unproven))
    else:
        desk.hold(Check.EARLIER, "" if named else "none", count=len(named))
    return tuple(found)


def _checked(desk: Desk, named: EarlierPack, check_one: CheckOne) -> PackCheck | None:
    body = desk.files.get(named.file)
    if body is None or not named.file.startswith(f"{FOLDER}/"):
        desk.fail(Check.EARLIER, named.file, MissingPackFileError(file=named.file))
        return None
    try:
        checked = check_one(body)
    except YeswordError as error:
        desk.fail(Check.EARLIER, named.file, error)
        return None
    for finding in checked.findings:
        if finding.outcome is Outcome.FAILED:
            desk.fail(Check.EARLIER, f"{named.file}/{finding.file}", finding.sentence)
    inner, outer = checked.manifest, desk.manifest
    if inner is None:
        return checked
    is_same = (inner.brand, inner.program, inner.asked, inner.purpose) == (
        outer.brand,
        outer.program,
        outer.asked,
        outer.purpose,
    )
    if not is_same:
        desk.fail(
            Check.EARLIER, named.file, "it is of another brand, program, purpose or time than this pack"
        )
    if inner.subject != named.subject or inner.subject == outer.subject:
        desk.fail(Check.EARLIER, named.file, "it is about another record than the manifest says")
    return checked


def number_of(check: PackCheck) -> str:
    """The number, where any event of the pack opens it."""
    for event in check.events:
        subject = event.sections.get("subject")
        number = subject.get("phone") if isinstance(subject, Mapping) else None
        if isinstance(number, str):
            return number
    return ""
