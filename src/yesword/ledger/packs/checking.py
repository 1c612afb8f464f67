"""Checking a pack: whatever fails, everything is looked at, and each failure names its file.

The keys are to be brought by whoever checks. The policy in the pack is used when they bring none, and then the pack is at
best consistent: whoever made it up would have put their own key into it. The same goes for a key of the log that they do
not have, be it a newer one or a forger's: what it signed is looked at all the same, and nothing is proven.
"""

from collections.abc import Sequence
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.jws import verify_detached
from yesword.ledger.packs import heights, inside, presented, states, story
from yesword.ledger.packs.archive import read_archive, stray_bytes
from yesword.ledger.packs.desk import Desk, ReadStamp, Retell
from yesword.ledger.packs.findings import (
    ChangedPackFileError,
    Check,
    MissingPackFileError,
    PackCheck,
    ToldEvent,
    UnknownPackFileError,
    UnlistedPackFileError,
    failed,
)
from yesword.ledger.packs.manifest import NAME, SIGNATURE, TYPE, Listed, read_manifest
from yesword.ledger.policy import Policy, read_policy

POLICY: Final = "policy.txt"


# Everything else in a pack is one of these, or nobody looks at it.
_SINGLE: Final = frozenset(
    (
        POLICY,
        story.HEAD,
        story.RECORD,
        "receipt.kantara.json",
        "shapes/record.ttl",
        "summary.json",
        "summary.pdf",
        "README.txt",
    )
)
_FOLDERS: Final = (
    "presentations/",
    "entries/",
    "proofs/",
    "checkpoints/",
    "witnesses/",
    "consistency/",
    "time/",
    "evidence/",
    f"{states.FOLDER}/",
    f"{inside.FOLDER}/",
)


def check_pack(
    data: bytes,
    policy: Policy | None = None,
    read_stamp: ReadStamp | None = None,
    retell: Retell | None = None,
    *,
    is_inside: bool = False,
) -> PackCheck:
    """`policy` says whom to believe, and comes from elsewhere than the pack. Raises UnreadablePackError.

    Without `retell` nobody looks at what the record, the receipt and the summary make of the events, and nothing is
    proven. `is_inside`: it lies in another pack, and may have none in it.
    """
    files = read_archive(data)
    try:
        if NAME not in files:
            raise MissingPackFileError(file=NAME)
        manifest = read_manifest(files[NAME])
    except YeswordError as error:
        # Without a manifest nobody knows what to look for.
        finding = failed(Check.MANIFEST, NAME, error)
        return PackCheck(manifest=None, findings=(finding,), events=(), is_vouched=False)
    desk = Desk(
        files=files, manifest=manifest, policy=policy or Policy(), read_stamp=read_stamp, retell=retell
    )
    _check_archive(desk, data)
    _check_files(desk)
    own = _own_policy(desk)
    if policy is None:
        desk.policy = own
    else:
        desk.admit(own)
    _check_manifest(desk)
    seen = heights.look(desk, is_own=policy is None)
    events = presented.look(desk, seen)
    is_witnessed = heights.check_witnesses(desk, seen, [event.index for event in events])
    story.look(desk, events)
    told, standing = states.look(desk, events)
    _retell(desk, told)
    earlier = inside.look(
        desk,
        None if is_inside else lambda body: check_pack(body, policy, read_stamp, retell, is_inside=True),
    )
    if desk.met:
        heights.tell_of_other_keys(desk, seen)
    order = list(Check)
    return PackCheck(
        manifest=manifest,
        findings=tuple(
            sorted(desk.findings, key=lambda each: (not each.is_other_key, order.index(each.check)))
        ),
        events=events,
        is_vouched=policy is not None and not desk.met and is_witnessed and retell is not None,
        standing=standing,
        earlier=earlier,
    )


def _check_archive(desk: Desk, data: bytes) -> None:
    where = stray_bytes(data)
    if where:
        desk.fail(Check.ARCHIVE, "The zip file", f"bytes that are of none of its files stand {where}")
    desk.hold(Check.ARCHIVE)


def _retell(desk: Desk, told: Sequence[ToldEvent]) -> None:
    """What is told from the events, told anew. What nobody told anew is left open."""
    if desk.retell is not None:
        desk.retell(desk, told)
    for check in (Check.RECORD, Check.RECEIPT, Check.SUMMARY):
        if not any(each.check is check for each in desk.findings):
            desk.leave_open(check, "unread" if check is Check.RECORD else "")


def _check_files(desk: Desk) -> None:
    listed = desk.manifest.files
    for name in sorted(desk.files.keys() | listed.keys()):
        if name in (NAME, SIGNATURE):
            continue
        if name not in desk.files:
            desk.fail(Check.FILES, name, MissingPackFileError(file=name))
        elif name not in listed:
            desk.fail(Check.FILES, name, UnlistedPackFileError(file=name))
        elif Listed.of(desk.files[name]) != listed[name]:
            desk.fail(Check.FILES, name, ChangedPackFileError(file=name))
        elif name not in _SINGLE and not name.startswith(_FOLDERS):
            desk.fail(Check.FILES, name, UnknownPackFileError(file=name))
    desk.hold(Check.FILES, count=len(desk.files))


def _own_policy(desk: Desk) -> Policy:
    try:
        return read_policy(desk.text(POLICY))
    except KeyError:
        desk.fail(Check.FILES, POLICY, MissingPackFileError(file=POLICY))
    except (YeswordError, ValueError) as error:
        desk.fail(Check.FILES, POLICY, error if isinstance(error, YeswordError) else "it is not text")
    return Policy()


def _check_manifest(desk: Desk) -> None:
    try:
        signature = desk.text(SIGNATURE)
        key = desk.key_for(signature, TYPE)
        desk.signers = (key,)  # with which all else in a pack is signed, but for the log's own checkpoints
        verify_detached(signature, desk.files[NAME], typ=TYPE, key=key)
    except KeyError:
        desk.fail(Check.MANIFEST, SIGNATURE, MissingPackFileError(file=SIGNATURE))
    except YeswordError as error:
        desk.fail(Check.MANIFEST, SIGNATURE, error)
    except ValueError:
        desk.fail(Check.MANIFEST, SIGNATURE, "it is not text")
    else:
        if key in desk.met:
            desk.leave_open(Check.MANIFEST, "other_key", vkey=str(key))
        else:
            desk.hold(Check.MANIFEST, vkey=str(key))
